import { at } from '../affine.ts';
import type { Affine, Vec3 } from '../types.ts';

/** Values of a volume at the voxels of another grid; outside, the nearest border voxel counts (MONAI padding_mode "border"). */

/** Ties go to the even neighbour, as numpy and torch round. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function isDiagonal(map: Affine): boolean {
  return [0, 1, 2].every((r) => [0, 1, 2].every((c) => r === c || Math.abs(at(map, r, c)) < 1e-9));
}

/** Lower neighbour and weight of the upper one, for each position along an axis whose source coordinate is affine. */
export function axisWeights(
  size: number,
  sourceSize: number,
  scale: number,
  offset: number,
): { lower: Int32Array; upper: Int32Array; weight: Float64Array } {
  const lower = new Int32Array(size);
  const upper = new Int32Array(size);
  const weight = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const coordinate = Math.min(sourceSize - 1, Math.max(0, i * scale + offset));
    const floor = Math.floor(coordinate);
    lower[i] = floor;
    upper[i] = Math.min(sourceSize - 1, floor + 1);
    weight[i] = coordinate - floor;
  }
  return { lower, upper, weight };
}

/**
 * Trilinear interpolation.
 *
 * @param map target voxel index → source voxel index
 */
export function resampleLinear(source: Float32Array, sourceShape: Vec3, shape: Vec3, map: Affine): Float32Array {
  return isDiagonal(map)
    ? linearAlongAxes(source, sourceShape, shape, map)
    : linearAnywhere(source, sourceShape, shape, map);
}

function linearAlongAxes(source: Float32Array, sourceShape: Vec3, shape: Vec3, map: Affine): Float32Array {
  const [, sy, sz] = sourceShape;
  const [nx, ny, nz] = shape;
  const wx = axisWeights(nx, sourceShape[0], at(map, 0, 0), at(map, 0, 3));
  const wy = axisWeights(ny, sy, at(map, 1, 1), at(map, 1, 3));
  const wz = axisWeights(nz, sz, at(map, 2, 2), at(map, 2, 3));
  const result = new Float32Array(nx * ny * nz);
  const row = new Float64Array(sz);
  let i = 0;
  for (let x = 0; x < nx; x++) {
    const x0 = (wx.lower[x] ?? 0) * sy;
    const x1 = (wx.upper[x] ?? 0) * sy;
    const fx = wx.weight[x] ?? 0;
    for (let y = 0; y < ny; y++) {
      const y0 = wy.lower[y] ?? 0;
      const y1 = wy.upper[y] ?? 0;
      const fy = wy.weight[y] ?? 0;
      const [a, b, c, d] = [(x0 + y0) * sz, (x0 + y1) * sz, (x1 + y0) * sz, (x1 + y1) * sz];
      const [wa, wb, wc, wd] = [(1 - fx) * (1 - fy), (1 - fx) * fy, fx * (1 - fy), fx * fy];
      for (let z = 0; z < sz; z++) {
        row[z] =
          (source[a + z] ?? 0) * wa + (source[b + z] ?? 0) * wb + (source[c + z] ?? 0) * wc + (source[d + z] ?? 0) * wd;
      }
      for (let z = 0; z < nz; z++) {
        const fz = wz.weight[z] ?? 0;
        result[i++] = (row[wz.lower[z] ?? 0] ?? 0) * (1 - fz) + (row[wz.upper[z] ?? 0] ?? 0) * fz;
      }
    }
  }
  return result;
}

function linearAnywhere(source: Float32Array, [mx, my, mz]: Vec3, [nx, ny, nz]: Vec3, map: Affine): Float32Array {
  const result = new Float32Array(nx * ny * nz);
  const clamp = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));
  const coordinate = (r: number, x: number, y: number, z: number) =>
    at(map, r, 0) * x + at(map, r, 1) * y + at(map, r, 2) * z + at(map, r, 3);
  const [dx, dy, dz] = [at(map, 0, 2), at(map, 1, 2), at(map, 2, 2)];
  let i = 0;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const [cx, cy, cz] = [coordinate(0, x, y, 0), coordinate(1, x, y, 0), coordinate(2, x, y, 0)];
      for (let z = 0; z < nz; z++) {
        const px = clamp(cx + dx * z, mx);
        const py = clamp(cy + dy * z, my);
        const pz = clamp(cz + dz * z, mz);
        const x0 = Math.floor(px);
        const y0 = Math.floor(py);
        const z0 = Math.floor(pz);
        const fx = px - x0;
        const fy = py - y0;
        const fz = pz - z0;
        const x1 = x0 + 1 < mx ? x0 + 1 : x0;
        const y1 = y0 + 1 < my ? y0 + 1 : y0;
        const z1 = z0 + 1 < mz ? z0 + 1 : z0;
        const a = (x0 * my + y0) * mz;
        const b = (x0 * my + y1) * mz;
        const c = (x1 * my + y0) * mz;
        const d = (x1 * my + y1) * mz;
        const lower = (source[a + z0] ?? 0) * (1 - fz) + (source[a + z1] ?? 0) * fz;
        const back = (source[b + z0] ?? 0) * (1 - fz) + (source[b + z1] ?? 0) * fz;
        const right = (source[c + z0] ?? 0) * (1 - fz) + (source[c + z1] ?? 0) * fz;
        const far = (source[d + z0] ?? 0) * (1 - fz) + (source[d + z1] ?? 0) * fz;
        result[i++] = (lower * (1 - fy) + back * fy) * (1 - fx) + (right * (1 - fy) + far * fy) * fx;
      }
    }
  }
  return result;
}

/** The nearest of `size` voxels. A hair's breadth of rounding must not decide ties: coordinates snap to a fine lattice first. */
function nearest(coordinate: number, size: number): number {
  return Math.min(size - 1, Math.max(0, roundHalfToEven(Math.round(coordinate * 1e9) / 1e9)));
}

/**
 * The nearest voxel's label.
 *
 * @param map target voxel index → source voxel index
 */
export function resampleNearest(source: Uint8Array, sourceShape: Vec3, shape: Vec3, map: Affine): Uint8Array {
  const driving = drivingAxes(map);
  return driving === null
    ? nearestAnywhere(source, sourceShape, shape, map)
    : nearestAlongAxes(source, sourceShape, shape, map, driving);
}

/** For each source axis the one target axis that it depends on; null where axes are not parallel. */
export function drivingAxes(map: Affine): readonly number[] | null {
  const driving = [0, 1, 2].map((r) => [0, 1, 2].filter((c) => Math.abs(at(map, r, c)) >= 1e-9));
  return driving.every((axes) => axes.length === 1) ? driving.flat() : null;
}

/** Parallel axes, permuted and flipped or not: a source offset is the sum of one number for each target axis. */
function nearestAlongAxes(
  source: Uint8Array,
  sourceShape: Vec3,
  [nx, ny, nz]: Vec3,
  map: Affine,
  driving: readonly number[],
): Uint8Array {
  const strides = [sourceShape[1] * sourceShape[2], sourceShape[2], 1];
  const offsets = [nx, ny, nz].map((size) => new Int32Array(size));
  driving.forEach((axis, r) => {
    const table = offsets[axis] ?? new Int32Array(0);
    for (let i = 0; i < table.length; i++) {
      const voxel = nearest(at(map, r, axis) * i + at(map, r, 3), sourceShape[r] ?? 1);
      table[i] = (table[i] ?? 0) + voxel * (strides[r] ?? 0);
    }
  });
  const [ox, oy, oz] = [offsets[0] ?? [], offsets[1] ?? [], offsets[2] ?? []];
  const result = new Uint8Array(nx * ny * nz);
  let i = 0;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const start = (ox[x] ?? 0) + (oy[y] ?? 0);
      for (let z = 0; z < nz; z++) result[i++] = source[start + (oz[z] ?? 0)] ?? 0;
    }
  }
  return result;
}

function nearestAnywhere(source: Uint8Array, [mx, my, mz]: Vec3, [nx, ny, nz]: Vec3, map: Affine): Uint8Array {
  const result = new Uint8Array(nx * ny * nz);
  const rows = [0, 1, 2].map((r) => [at(map, r, 0), at(map, r, 1), at(map, r, 2), at(map, r, 3)] as const);
  const [a, b, c] = [rows[0] ?? [0, 0, 0, 0], rows[1] ?? [0, 0, 0, 0], rows[2] ?? [0, 0, 0, 0]] as const;
  let i = 0;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      for (let z = 0; z < nz; z++) {
        const px = nearest(a[0] * x + a[1] * y + a[2] * z + a[3], mx);
        const py = nearest(b[0] * x + b[1] * y + b[2] * z + b[3], my);
        const pz = nearest(c[0] * x + c[1] * y + c[2] * z + c[3], mz);
        result[i++] = source[(px * my + py) * mz + pz] ?? 0;
      }
    }
  }
  return result;
}

import { voxelSizes } from '../data/affine.ts';
import { orientationOf } from '../data/transforms/orientation.ts';
import type { Affine, Vec3 } from '../data/types.ts';

/** Planes of a volume as a radiologist looks at them, whatever way the volume is stored. */

/**
 * World axes are 0 left–right, 1 posterior–anterior, 2 inferior–superior. On the screen, right is the patient's left
 * (radiological convention) or back, and down is back or feet: always towards smaller world coordinates.
 */
export const VIEWS = [
  { name: 'axial', normal: 2, across: 0, down: 1, sides: ['R', 'L', 'A', 'P'] },
  { name: 'coronal', normal: 1, across: 0, down: 2, sides: ['R', 'L', 'S', 'I'] },
  { name: 'sagittal', normal: 0, across: 1, down: 2, sides: ['A', 'P', 'S', 'I'] },
] as const;

export type View = (typeof VIEWS)[number];

/** A plane of a volume, laid out as on the screen: offset = start + column · across + row · down. */
export interface Plane {
  readonly columns: number;
  readonly rows: number;
  readonly start: number;
  readonly across: number;
  readonly down: number;
  /** Index along the array axis that the plane is normal to. */
  readonly index: number;
  /** Millimetres. */
  readonly columnSize: number;
  readonly rowSize: number;
}

/** @param index along the array axis that the view is normal to, given which axis that is */
export function planeOf(view: View, shape: Vec3, affine: Affine, index: (arrayAxis: 0 | 1 | 2) => number): Plane {
  const orientation = orientationOf(affine);
  const sizes = voxelSizes(affine);
  const strides: Vec3 = [shape[1] * shape[2], shape[2], 1];
  const along = (world: number) => {
    const axis = ([0, 1, 2] as const).find((candidate) => orientation[candidate].axis === world) ?? 0;
    const isBackwards = orientation[axis].sign === 1;
    const stride = strides[axis] * (isBackwards ? -1 : 1);
    return {
      axis,
      count: shape[axis],
      stride,
      start: isBackwards ? (shape[axis] - 1) * strides[axis] : 0,
      size: sizes[axis],
    };
  };
  const [across, down, normal] = [along(view.across), along(view.down), along(view.normal)];
  const position = index(normal.axis);
  return {
    columns: across.count,
    rows: down.count,
    start: across.start + down.start + position * strides[normal.axis],
    across: across.stride,
    down: down.stride,
    index: position,
    columnSize: across.size,
    rowSize: down.size,
  };
}

/** For each array axis the index of the plane that holds the most foreground; the middle where there is none. */
export function largestCrossSections(labels: Uint8Array, [nx, ny, nz]: Vec3): Vec3 {
  const counts = [new Int32Array(nx), new Int32Array(ny), new Int32Array(nz)] as const;
  let i = 0;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      for (let z = 0; z < nz; z++, i++) {
        if (labels[i] === 0) continue;
        counts[0][x] = (counts[0][x] ?? 0) + 1;
        counts[1][y] = (counts[1][y] ?? 0) + 1;
        counts[2][z] = (counts[2][z] ?? 0) + 1;
      }
    }
  }
  const largest = (count: Int32Array) => {
    const most = count.reduce((a, b) => Math.max(a, b), 0);
    return most === 0 ? Math.floor(count.length / 2) : count.indexOf(most);
  };
  return [largest(counts[0]), largest(counts[1]), largest(counts[2])];
}

/** Bilinear, between voxel centres. @param u, v place in the plane, 0 to 1 */
export function interpolate(data: Float32Array | Uint8Array, plane: Plane, u: number, v: number): number {
  const clamp = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));
  const [x, y] = [clamp(u * plane.columns - 0.5, plane.columns), clamp(v * plane.rows - 0.5, plane.rows)];
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [x1, y1] = [Math.min(plane.columns - 1, x0 + 1), Math.min(plane.rows - 1, y0 + 1)];
  const at = (column: number, row: number) => data[plane.start + column * plane.across + row * plane.down] ?? 0;
  const upper = at(x0, y0) * (1 - (x - x0)) + at(x1, y0) * (x - x0);
  const lower = at(x0, y1) * (1 - (x - x0)) + at(x1, y1) * (x - x0);
  return upper * (1 - (y - y0)) + lower * (y - y0);
}

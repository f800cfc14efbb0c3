import { channelsOf } from '../channels.ts';
import { workspace } from '../kernels/voxel-kernels.ts';
import { axisWeights, roundHalfToEven } from '../transforms/resample.ts';
import type { Vec3 } from '../types.ts';
import type { Augmentation } from './types.ts';

/**
 * Takes every so many voxels and interpolates between them again, with the given probability; what is left of each side is
 * uniform in the range.
 *
 * @see MONAI RandSimulateLowResolution (nearest down, trilinear up)
 */
export const lowResolution: Augmentation<'low_resolution'> = ({ image, shape }, { zoom, probability }, random) => {
  if (random.uniform() >= probability) return;
  const drawn = random.within(zoom.from, zoom.to);
  for (const channel of channelsOf({ shape, data: image })) coarsen(channel, shape, drawn);
};

/** Down to round(size · zoom) and up again, in place. @see torch.nn.functional.interpolate (align_corners=False) */
export function coarsen(image: Float32Array, shape: Vec3, zoom: number): void {
  const side = (i: 0 | 1 | 2) => Math.max(1, roundHalfToEven(shape[i] * zoom));
  const coarse: Vec3 = [side(0), side(1), side(2)];
  enlarge(takeNearest(image, shape, coarse), coarse, image, shape);
}

/**
 * Trilinear interpolation in float32: first along z, where there are fewer rows, then of whole rows.
 *
 * Voxel centres lie half a voxel inside of the edges, which both grids share.
 */
function enlarge(source: Float32Array, [mx, my, mz]: Vec3, target: Float32Array, [nx, ny, nz]: Vec3): void {
  const along = (size: number, sourceSize: number) =>
    axisWeights(size, sourceSize, sourceSize / size, sourceSize / size / 2 - 0.5);
  const [x, y, z] = [along(nx, mx), along(ny, my), along(nz, mz)];
  const { kernels, pointers, arrays } = workspace(mx * my * nz, target.length);
  const [rowsAt = 0, resultAt = 0] = pointers;
  const [rows, result] = arrays;
  if (rows === undefined || result === undefined) return;
  for (let row = 0, i = 0; row < source.length; row += mz) {
    for (let k = 0; k < nz; k++, i++) {
      const lower = source[row + (z.lower[k] ?? 0)] ?? 0;
      rows[i] = lower + ((source[row + (z.upper[k] ?? 0)] ?? 0) - lower) * (z.weight[k] ?? 0);
    }
  }
  const rowBytes = 4 * nz;
  for (let i = 0, to = resultAt; i < nx; i++) {
    const fx = x.weight[i] ?? 0;
    const [x0, x1] = [rowsAt + (x.lower[i] ?? 0) * my * rowBytes, rowsAt + (x.upper[i] ?? 0) * my * rowBytes];
    for (let j = 0; j < ny; j++, to += rowBytes) {
      const fy = y.weight[j] ?? 0;
      const [y0, y1] = [(y.lower[j] ?? 0) * rowBytes, (y.upper[j] ?? 0) * rowBytes];
      const [a, b, c, d] = [(1 - fx) * (1 - fy), (1 - fx) * fy, fx * (1 - fy), fx * fy];
      kernels.blendRows(to, nz, x0 + y0, x0 + y1, x1 + y0, x1 + y1, a, b, c, d);
    }
  }
  target.set(result);
}

/** Voxel ⌊i · size / coarse size⌋ along each axis. */
function takeNearest(image: Float32Array, shape: Vec3, coarse: Vec3): Float32Array {
  const [mx, my, mz] = coarse;
  const along = (i: 0 | 1 | 2) =>
    Int32Array.from({ length: coarse[i] }, (_, k) => Math.min(shape[i] - 1, Math.floor((k * shape[i]) / coarse[i])));
  const [ix, iy, iz] = [along(0), along(1), along(2)];
  const result = new Float32Array(mx * my * mz);
  let i = 0;
  for (const x of ix) {
    for (const y of iy) {
      const row = (x * shape[1] + y) * shape[2];
      for (const z of iz) result[i++] = image[row + z] ?? 0;
    }
  }
  return result;
}

import { affineFrom } from '../affine.ts';
import { resampleLinear, roundHalfToEven } from '../transforms/resample.ts';
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
  coarsen(image, shape, random.within(zoom.from, zoom.to));
};

/** Down to round(size · zoom) and up again, in place. @see torch.nn.functional.interpolate (align_corners=False) */
export function coarsen(image: Float32Array, shape: Vec3, zoom: number): void {
  const side = (i: 0 | 1 | 2) => Math.max(1, roundHalfToEven(shape[i] * zoom));
  const coarse: Vec3 = [side(0), side(1), side(2)];
  // Voxel centres lie half a voxel inside of the edges, which both grids share.
  const toCoarse = affineFrom((r, c) => {
    const ratio = (coarse[r] ?? 1) / (shape[r] ?? 1);
    return c === 3 ? ratio / 2 - 0.5 : r === c ? ratio : 0;
  });
  image.set(resampleLinear(takeNearest(image, shape, coarse), coarse, shape, toCoarse));
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

import type { PlanIntensity } from '../../../compiler/plan/schema.ts';
import { assertNever } from '../../../dsl/assert-never.ts';
import { percentiles } from './percentiles.ts';

/** Intensity normalisation of one volume, in place. Sums are double precision. */

/** Rescales an image as the plan says and returns it. */
export function normalizeIntensity(image: Float32Array, intensity: PlanIntensity): Float32Array {
  switch (intensity.kind) {
    case 'none':
      return image;
    case 'zscore':
      return zscore(image, intensity.nonzero);
    case 'range':
      return scaleRange(image, intensity.from, intensity.to, intensity);
    case 'percentiles': {
      const [from, to] = percentiles(image, [intensity.lower, intensity.upper]);
      return scaleRange(image, from ?? 0, to ?? 0, intensity);
    }
    default:
      return assertNever(intensity);
  }
}

/**
 * (x − mean) / std with the population's standard deviation (÷ n); a constant volume is only centred.
 *
 * @param nonzero statistics of, and changes to, the voxels that are not 0
 * @see MONAI NormalizeIntensity
 */
function zscore(image: Float32Array, nonzero: boolean): Float32Array {
  let count = 0;
  let sum = 0;
  for (let i = 0; i < image.length; i++) {
    const value = image[i] ?? 0;
    if (nonzero && value === 0) continue;
    count++;
    sum += value;
  }
  if (count === 0) return image;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < image.length; i++) {
    const value = image[i] ?? 0;
    if (!nonzero || value !== 0) squares += (value - mean) ** 2;
  }
  const deviation = Math.sqrt(squares / count) || 1;
  for (let i = 0; i < image.length; i++) {
    const value = image[i] ?? 0;
    if (!nonzero || value !== 0) image[i] = (value - mean) / deviation;
  }
  return image;
}

/**
 * [from, to] → [min, max], linearly; clipped to [min, max] when asked.
 *
 * @see MONAI ScaleIntensityRange; where from = to the image is only shifted
 */
function scaleRange(
  image: Float32Array,
  from: number,
  to: number,
  { min, max, clip }: { min: number; max: number; clip: boolean },
): Float32Array {
  const scale = from === to ? 1 : (max - min) / (to - from);
  for (let i = 0; i < image.length; i++) {
    const value = ((image[i] ?? 0) - from) * scale + min;
    image[i] = clip ? Math.min(max, Math.max(min, value)) : value;
  }
  return image;
}

/** NaN and infinities (outside a scanner's field of view) become 0, so that one voxel cannot spoil a volume's statistics. */
export function replaceNonFinite(image: Float32Array): { readonly replaced: number } {
  let replaced = 0;
  for (let i = 0; i < image.length; i++) {
    if (!Number.isFinite(image[i])) {
      image[i] = 0;
      replaced++;
    }
  }
  return { replaced };
}

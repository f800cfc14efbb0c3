import { workspace } from '../kernels/voxel-kernels.ts';
import type { Augmentation } from './types.ts';

const EPSILON = 1e-7; // MONAI AdjustContrast
const DEVIATION_EPSILON = 1e-8; // MONAI AdjustContrast, retain_stats

/**
 * ((x − min) / (max − min)) ^ γ · (max − min) + min, with the given probability; γ is uniform in the range.
 *
 * @see MONAI RandAdjustContrast
 */
export const gamma: Augmentation<'gamma'> = ({ image }, settings, random) => {
  if (random.uniform() >= settings.probability) return;
  adjustContrast(image, random.within(settings.range.from, settings.range.to), settings);
};

/** @see MONAI AdjustContrast(gamma, invert_image, retain_stats) */
export function adjustContrast(
  image: Float32Array,
  power: number,
  { invert, retainStats }: { readonly invert: boolean; readonly retainStats: boolean },
): void {
  const before = retainStats ? meanAndDeviation(image) : null;
  const { kernels, pointers, arrays } = workspace(image.length, 2);
  const [pointer = 0, result = 0] = pointers;
  const [copy, ends] = arrays;
  if (copy === undefined || ends === undefined) return;
  copy.set(image);
  kernels.extremes(pointer, image.length, result);
  const [low = 0, high = 0] = ends;
  const [min, range] = [invert ? -high : low, high - low];
  kernels.power(pointer, image.length, invert ? -1 : 1, min, range + EPSILON, power, range);
  image.set(copy);
  if (before === null) return;
  const after = meanAndDeviation(image);
  const scale = before.deviation / (after.deviation + DEVIATION_EPSILON);
  for (let i = 0; i < image.length; i++) image[i] = ((image[i] ?? 0) - after.mean) * scale + before.mean;
}

/** The sample's deviation (÷ n − 1), as torch has it. */
function meanAndDeviation(image: Float32Array): { readonly mean: number; readonly deviation: number } {
  let sum = 0;
  for (let i = 0; i < image.length; i++) sum += image[i] ?? 0;
  const mean = sum / image.length;
  let squares = 0;
  for (let i = 0; i < image.length; i++) squares += ((image[i] ?? 0) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / Math.max(1, image.length - 1)) };
}

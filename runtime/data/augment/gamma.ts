import { changeInPlace } from '../kernels/voxel-kernels.ts';
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
  changeInPlace(image, [2, TABLE_SIZE], (pointer, { kernels, pointers: [result = 0, table = 0], arrays }) => {
    const [ends, powers] = arrays;
    if (ends === undefined || powers === undefined) return;
    kernels.extremes(pointer, image.length, result);
    const [low = 0, high = 0] = ends;
    const [min, range] = [invert ? -high : low, high - low];
    tabulatePowers(power, powers);
    kernels.power(pointer, image.length, invert ? -1 : 1, min, range + EPSILON, range, table);
  });
  if (before === null) return;
  const after = meanAndDeviation(image);
  const scale = before.deviation / (after.deviation + DEVIATION_EPSILON);
  for (let i = 0; i < image.length; i++) image[i] = ((image[i] ?? 0) - after.mean) * scale + before.mean;
}

/** Powers of 2ᵉ for each exponent of a float32, then of what stands before it, in steps. */
const EXPONENTS = 256;
const EXPONENT_BIAS = 127;
const STEPS = 256;
const TABLE_SIZE = EXPONENTS + 4 * STEPS;

/** What `power` of kernels.as computes with. Numbers below 2⁻¹²⁶ count as 0, whose power is 0. */
function tabulatePowers(power: number, table: Float32Array): void {
  for (let e = 1; e < EXPONENTS - 1; e++) table[e] = 2 ** ((e - EXPONENT_BIAS) * power);
  table[0] = 0;
  table[EXPONENTS - 1] = Number.NaN;
  for (let step = 0; step < STEPS; step++) {
    const middle = 1 + (step + 0.5) / STEPS;
    const value = middle ** power;
    const slope = (power * value) / middle;
    const at = EXPONENTS + 4 * step;
    table[at] = middle;
    table[at + 1] = value;
    table[at + 2] = slope;
    table[at + 3] = ((power - 1) * slope) / (2 * middle);
  }
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

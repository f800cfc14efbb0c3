import type { Augmentation } from './types.ts';

/** image + u, u uniform in ±range, with the given probability, in float32. @see MONAI RandShiftIntensity */
export const intensityShift: Augmentation<'intensity_shift'> = ({ image }, { range, probability }, random) => {
  if (random.uniform() >= probability) return;
  const offset = Math.fround((2 * random.uniform() - 1) * range);
  for (let i = 0; i < image.length; i++) image[i] = Math.fround((image[i] ?? 0) + offset);
};

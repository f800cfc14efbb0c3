import type { Augmentation } from './types.ts';

/** image × (1 + u), u uniform in ±range, with the given probability, in float32. @see MONAI RandScaleIntensity */
export const intensityScale: Augmentation<'intensity_scale'> = ({ image }, { range, probability }, random) => {
  if (random.uniform() >= probability) return;
  const factor = Math.fround(1 + (2 * random.uniform() - 1) * range);
  for (let i = 0; i < image.length; i++) image[i] = Math.fround((image[i] ?? 0) * factor);
};

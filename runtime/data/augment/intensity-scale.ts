import { scaleAndShift } from '../kernels/voxel-kernels.ts';
import type { Augmentation } from './types.ts';

/** image × (1 + u), u uniform in ±range, with the given probability, in float32. @see MONAI RandScaleIntensity */
export const intensityScale: Augmentation<'intensity_scale'> = ({ image }, { range, probability }, random) => {
  if (random.uniform() < probability) scaleAndShift(image, 1 + (2 * random.uniform() - 1) * range, 0);
};

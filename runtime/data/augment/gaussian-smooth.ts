import { channelsOf } from '../channels.ts';
import { gaussianFilter } from '../transforms/gaussian.ts';
import type { Vec3 } from '../types.ts';
import type { Augmentation } from './types.ts';

/** Blurs with the given probability; sigma is uniform in the range for each axis. @see MONAI RandGaussianSmooth */
export const gaussianSmooth: Augmentation<'gaussian_smooth'> = ({ image, shape }, { sigma, probability }, random) => {
  if (random.uniform() >= probability) return;
  const draw = () => random.within(sigma.from, sigma.to);
  const drawn: Vec3 = [draw(), draw(), draw()];
  for (const channel of channelsOf({ shape, data: image })) gaussianFilter(channel, shape, drawn);
};

import type { Augmentation } from './types.ts';

/**
 * Adds normal noise with the given probability; its standard deviation is uniform in [0, std].
 *
 * @see MONAI RandGaussianNoise (sample_std=True)
 */
export const gaussianNoise: Augmentation<'gaussian_noise'> = ({ image }, { std, probability }, random) => {
  if (random.uniform() >= probability) return;
  const deviation = random.uniform() * std;
  random.addNormal(image, deviation);
};

import { countOverlap } from './overlap.ts';
import type { ClassMetric } from './types.ts';

/**
 * 2 |P ∩ T| / (|P| + |T|), from 0 to 1.
 *
 * A class that is predicted where there is none counts 0, as in nnU-Net; MONAI's DiceMetric leaves such cases out by
 * default, which flatters.
 *
 * @see MONAI DiceMetric (ignore_empty)
 */
export const dice: ClassMetric = (pair, classIndex) => {
  const { intersection, predicted, truth } = countOverlap(pair, classIndex);
  return (2 * intersection) / (predicted + truth);
};

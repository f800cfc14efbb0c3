import { countOverlap } from './overlap.ts';
import type { ClassMetric } from './types.ts';

/**
 * |P ∩ T| / |P ∪ T|, from 0 to 1; 0 for a class that is predicted where there is none.
 *
 * @see MONAI MeanIoU
 */
export const iou: ClassMetric = (pair, classIndex) => {
  const { intersection, predicted, truth } = countOverlap(pair, classIndex);
  return intersection / (predicted + truth - intersection);
};

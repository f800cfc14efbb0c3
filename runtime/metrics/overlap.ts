import type { LabelPair } from './types.ts';

export interface Overlap {
  /** Voxels that both maps give to the class. */
  readonly intersection: number;
  readonly predicted: number;
  readonly truth: number;
}

export function countOverlap({ predicted, truth }: LabelPair, classIndex: number): Overlap {
  let intersection = 0;
  let inPredicted = 0;
  let inTruth = 0;
  for (let i = 0; i < truth.length; i++) {
    const isPredicted = predicted[i] === classIndex;
    const isTrue = truth[i] === classIndex;
    if (isPredicted) inPredicted++;
    if (isTrue) inTruth++;
    if (isPredicted && isTrue) intersection++;
  }
  return { intersection, predicted: inPredicted, truth: inTruth };
}

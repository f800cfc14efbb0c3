import type { ClassMetric, LabelPair, Overlap } from './types.ts';

/** Counts every class in one pass. @returns K overlaps, background first */
export function countOverlaps({ predicted, truth }: LabelPair, classes: number): readonly Overlap[] {
  const counts = {
    intersection: new Float64Array(256),
    predicted: new Float64Array(256),
    truth: new Float64Array(256),
  };
  for (let i = 0; i < truth.length; i++) {
    const [p, t] = [predicted[i] ?? 0, truth[i] ?? 0];
    counts.predicted[p] = (counts.predicted[p] ?? 0) + 1;
    counts.truth[t] = (counts.truth[t] ?? 0) + 1;
    if (p === t) counts.intersection[p] = (counts.intersection[p] ?? 0) + 1;
  }
  return Array.from({ length: classes }, (_, k) => ({
    intersection: counts.intersection[k] ?? 0,
    predicted: counts.predicted[k] ?? 0,
    truth: counts.truth[k] ?? 0,
  }));
}

/** 2 |P ∩ T| / (|P| + |T|), from 0 to 1. @see MONAI DiceMetric (ignore_empty: NaN without truth) */
export const dice: ClassMetric = ({ overlap: { intersection, predicted, truth } }) =>
  truth === 0 ? Number.NaN : (2 * intersection) / (predicted + truth);

/** |P ∩ T| / |P ∪ T|, from 0 to 1. @see MONAI MeanIoU (ignore_empty: NaN without truth) */
export const iou: ClassMetric = ({ overlap: { intersection, predicted, truth } }) =>
  truth === 0 ? Number.NaN : intersection / (predicted + truth - intersection);

/** |P ∩ T| / |T|: the share of the structure that was found. @see MONAI ConfusionMatrixMetric("sensitivity") */
export const sensitivity: ClassMetric = ({ overlap: { intersection, truth } }) => intersection / truth;

/** |P ∩ T| / |P|: the share of the prediction that is right. @see MONAI ConfusionMatrixMetric("precision") */
export const precision: ClassMetric = ({ overlap: { intersection, predicted } }) => intersection / predicted;

/** | |P| − |T| | / |T|: the error of the volume, relative to the true one; NaN without truth. MONAI has none. */
export const volumeError: ClassMetric = ({ overlap: { predicted, truth } }) =>
  truth === 0 ? Number.NaN : Math.abs(predicted - truth) / truth;

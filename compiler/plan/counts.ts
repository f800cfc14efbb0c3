import type { PlanDataset, PlanSampling } from './schema.ts';

/** How many subjects and steps a plan comes to: the same arithmetic for the planner and for the run. */

export interface PartCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** 0.7 + 0.15 is a little less than 0.85 in binary; a subject must not change sides for that. */
const ROUNDING = 1e-9;

/**
 * Parts are cut at ⌊subjects × the sum of the fractions so far⌋: 50 subjects at 70 / 15 / 15 % give 35, 7 and 8. With
 * folds the test part is the same, and what remains is divided into folds whose sizes differ by one at most, the larger
 * ones first (scikit-learn KFold).
 */
export function partCounts(subjects: number, { split, fold }: Pick<PlanDataset, 'split' | 'fold'>): PartCounts {
  const cut = (fraction: number) => Math.floor(subjects * fraction + ROUNDING);
  const remaining = split.test === 0 ? subjects : cut(split.train + split.validation);
  const test = subjects - remaining;
  if (fold === null) {
    const train = cut(split.train);
    return { train, validation: remaining - train, test };
  }
  const { start, end } = foldRange(remaining, fold);
  return { train: remaining - (end - start), validation: end - start, test };
}

/** Which of the subjects that are not in the test part a fold validates: `[start, end)` in their shuffled order. */
export function foldRange(
  subjects: number,
  { index, count }: NonNullable<PlanDataset['fold']>,
): { readonly start: number; readonly end: number } {
  const larger = subjects % count;
  const startOf = (fold: number) => fold * Math.floor(subjects / count) + Math.min(fold, larger);
  return { start: startOf(index - 1), end: startOf(index) };
}

/** Steps that visit every case `perCase` times; the last batch is filled up from the epoch's beginning. */
export function stepsPerEpoch(cases: number, sampling: PlanSampling, batchSize: number): number {
  return Math.ceil((cases * sampling.perCase) / batchSize);
}

import type { PlanDataset } from './schema.ts';

/** How many subjects each part of a split gets. The compiler warns by it, and the runtime cuts by it. */
export type PartSizes = Readonly<Record<keyof PlanDataset['split'], number>>;

/** 0.7 + 0.15 is a little less than 0.85 in binary; a subject must not change sides for that. */
const ROUNDING = 1e-9;

/** Cuts at ⌊n × the sum of the fractions so far⌋: 50 subjects at 70 / 15 / 15 % give 35, 7 and 8. */
export function partSizes(subjects: number, { train, validation, test }: PlanDataset['split']): PartSizes {
  const cut = (fraction: number) => Math.floor(subjects * fraction + ROUNDING);
  const trainEnd = cut(train);
  const validationEnd = test === 0 ? subjects : cut(train + validation);
  return { train: trainEnd, validation: validationEnd - trainEnd, test: subjects - validationEnd };
}

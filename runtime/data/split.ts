import type { PlanDataset } from '../../compiler/plan/schema.ts';
import { DataError } from '../errors.ts';
import { randomStream, shuffled } from './random.ts';
import type { CaseFiles, Split } from './types.ts';

/** 0.7 + 0.15 is a little less than 0.85 in binary; a subject must not change sides for that. */
const ROUNDING = 1e-9;

/**
 * Splits subjects, never cases, into train, validation and test: shuffled by the seed, then cut at ⌊n × the sum of the
 * fractions so far⌋. 50 subjects at 70 / 15 / 15 % give 35, 7 and 8.
 *
 * @param subjects only the first N in sorted order; null takes all
 * @throws DataError EXP4104 when a part with a fraction above 0 that training cannot do without stays empty
 */
export function splitCases(
  cases: readonly CaseFiles[],
  fractions: PlanDataset['split'],
  subjects: number | null,
  seed: number,
  root: string,
): Split {
  const all = [...new Set(cases.map((files) => files.subject))].sort();
  const names = all.slice(0, subjects ?? all.length);
  const order = shuffled(names, randomStream({ seed, purpose: 'split' }));
  const cut = (fraction: number) => Math.floor(order.length * fraction + ROUNDING);
  const trainEnd = cut(fractions.train);
  const validationEnd = fractions.test === 0 ? order.length : cut(fractions.train + fractions.validation);
  const pick = (start: number, end: number) => {
    const chosen = new Set(order.slice(start, end));
    return cases.filter((files) => chosen.has(files.subject));
  };
  const split: Split = {
    train: pick(0, trainEnd),
    validation: pick(trainEnd, validationEnd),
    test: pick(validationEnd, order.length),
  };
  for (const part of ['train', 'validation', 'test'] as const) {
    if (fractions[part] > 0 && split[part].length === 0)
      throw nothingLeft(root, part, fractions, names.length, all.length);
  }
  return split;
}

function nothingLeft(
  root: string,
  part: keyof PlanDataset['split'],
  fractions: PlanDataset['split'],
  used: number,
  all: number,
): DataError {
  const percent = (fraction: number) => `${Math.round(fraction * 1000) / 10}%`;
  const shares = [fractions.train, fractions.validation, fractions.test].map(percent).join(' / ');
  const chosen = used < all ? `the first ${used} of ${all} subjects` : `${used} ${used === 1 ? 'subject' : 'subjects'}`;
  return new DataError('EXP4104', root, `splitting ${chosen} of ${root} by ${shares} leaves none for ${part}`, {
    help: 'take more subjects, or other shares in dataset.split',
  });
}

import { foldRange, partCounts } from '../../compiler/plan/counts.ts';
import type { PlanDataset } from '../../compiler/plan/schema.ts';
import { DataError } from '../errors.ts';
import { randomStream, shuffled } from './random.ts';
import type { CaseFiles, Split } from './types.ts';

/**
 * Splits subjects, never cases, into train, validation and test: shuffled by the seed, then cut (`partCounts`). Of a
 * cross-validation the test part is the one that the split alone would give, the same in every fold and never validated
 * or trained on; each of the other subjects is validated in exactly one fold.
 *
 * @throws DataError EXP4104 when a part that training cannot do without, or that has a share, stays empty
 */
export function splitCases(
  cases: readonly CaseFiles[],
  dataset: Pick<PlanDataset, 'split' | 'subjects' | 'fold'>,
  seed: number,
  root: string,
): Split {
  const { split: fractions, subjects, fold } = dataset;
  const all = [...new Set(cases.map((files) => files.subject))].sort();
  const names = all.slice(0, subjects ?? all.length);
  const order = shuffled(names, randomStream({ seed, purpose: 'split' }));
  const counts = partCounts(order.length, dataset);
  const testStart = order.length - counts.test;
  const validated = fold === null ? { start: counts.train, end: testStart } : foldRange(testStart, fold);
  const pick = (chosen: readonly string[]) => {
    const members = new Set(chosen);
    return cases.filter((files) => members.has(files.subject));
  };
  const split: Split = {
    train: pick([...order.slice(0, validated.start), ...order.slice(validated.end, testStart)]),
    validation: pick(order.slice(validated.start, validated.end)),
    test: pick(order.slice(testStart)),
  };
  for (const part of ['train', 'validation', 'test'] as const) {
    const needed = fold !== null && part !== 'test' ? true : fractions[part] > 0;
    if (needed && split[part].length === 0) throw nothingLeft(root, part, dataset, names.length, all.length);
  }
  return split;
}

function nothingLeft(
  root: string,
  part: keyof PlanDataset['split'],
  { split, fold }: Pick<PlanDataset, 'split' | 'fold'>,
  used: number,
  all: number,
): DataError {
  const percent = (fraction: number) => `${Math.round(fraction * 1000) / 10}%`;
  const shares = [split.train, split.validation, split.test].map(percent).join(' / ');
  const chosen = used < all ? `the first ${used} of ${all} subjects` : `${used} ${used === 1 ? 'subject' : 'subjects'}`;
  if (fold !== null) {
    const message = `dividing ${chosen} of ${root} into ${fold.count} folds, beside ${percent(split.test)} for the test, leaves none for ${part} in fold ${fold.index}`;
    return new DataError('EXP4104', root, message, { help: 'take more subjects or fewer `folds`' });
  }
  return new DataError('EXP4104', root, `splitting ${chosen} of ${root} by ${shares} leaves none for ${part}`, {
    help: 'take more subjects, or other shares in dataset.split',
  });
}

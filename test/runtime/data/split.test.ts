import { describe, expect, it } from 'vitest';
import { splitCases } from '../../../runtime/data/split.ts';
import type { CaseFiles } from '../../../runtime/data/types.ts';
import { dataErrorOf } from './volumes.ts';

const whole = { split: { train: 0.7, validation: 0.15, test: 0.15 }, subjects: null, fold: null };

function makeCases(subjects: number, perSubject = 1): CaseFiles[] {
  return Array.from({ length: subjects * perSubject }, (_, i) => {
    const subject = `sub-${String(Math.floor(i / perSubject) + 1).padStart(3, '0')}`;
    const id = `${subject}_run-${(i % perSubject) + 1}`;
    return { id, subject, image: `${id}.nii.gz`, furtherChannels: [], label: `${id}_dseg.nii.gz` };
  });
}

const sizes = (subjects: number) => {
  const { train, validation, test } = splitCases(makeCases(subjects), whole, 42, 'data');
  return [train.length, validation.length, test.length];
};

describe('a split', () => {
  it('of 50 subjects by 70 / 15 / 15 % gives 35, 7 and 8', () => {
    expect(sizes(50)).toEqual([35, 7, 8]);
  });

  it.each([7, 8, 12, 13, 20, 99, 200])('of %d subjects loses nobody and takes nobody twice', (subjects) => {
    const { train, validation, test } = splitCases(makeCases(subjects), whole, 1, 'data');
    const ids = [...train, ...validation, ...test].map((files) => files.id);
    expect(new Set(ids).size).toBe(subjects);
    expect(ids.length).toBe(subjects);
  });

  it('keeps the cases of a subject together', () => {
    const { train, validation, test } = splitCases(makeCases(20, 3), whole, 42, 'data');
    const parts = [train, validation, test].map((part) => new Set(part.map((files) => files.subject)));
    expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(20);
    expect([train, validation, test].every((part) => part.length % 3 === 0)).toBe(true);
  });

  it('is the same for the same seed, and another for another', () => {
    const names = (seed: number) => splitCases(makeCases(50), whole, seed, 'data').validation.map((files) => files.id);
    expect(names(42)).toEqual(names(42));
    expect(names(42)).not.toEqual(names(43));
  });

  it('of the first 8 takes the first 8 in sorted order', () => {
    const { train, validation, test } = splitCases(makeCases(50), { ...whole, subjects: 8 }, 42, 'data');
    expect([...train, ...validation, ...test].map((files) => files.subject).sort()).toEqual(
      makeCases(8).map((files) => files.subject),
    );
    expect([train.length, validation.length, test.length]).toEqual([5, 1, 2]);
  });

  it('without a test part gives the rest to validation', () => {
    const split = splitCases(makeCases(7), { ...whole, split: { train: 0.8, validation: 0.2, test: 0 } }, 42, 'data');
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([5, 2, 0]);
  });

  it('that leaves nothing for a part says which, of how many', () => {
    const error = dataErrorOf(() => splitCases(makeCases(50), { ...whole, subjects: 3 }, 42, 'data/organ'));
    expect(error.code).toBe('EXP4104');
    expect(error.message).toBe(
      'splitting the first 3 of 50 subjects of data/organ by 70% / 15% / 15% leaves none for validation',
    );
  });
});

describe('folds', () => {
  const foldsOf = (subjects: number, count: number, seed = 42) =>
    Array.from({ length: count }, (_, i) =>
      splitCases(makeCases(subjects, 2), { ...whole, fold: { index: i + 1, count } }, seed, 'data'),
    );
  const subjectsOf = (part: readonly CaseFiles[]) => [...new Set(part.map((files) => files.subject))];

  it.each([
    [50, 5, [9, 9, 8, 8, 8]],
    [50, 2, [21, 21]],
    [8, 6, [1, 1, 1, 1, 1, 1]],
    [13, 4, [3, 3, 3, 2]],
  ])(
    'of %d subjects into %d validate as many as scikit-learn’s KFold of those outside of the test part',
    (subjects, count, expected) => {
      expect(foldsOf(subjects, count).map(({ validation }) => subjectsOf(validation).length)).toEqual(expected);
    },
  );

  it.each([
    [50, 5],
    [23, 4],
    [9, 7],
  ])('of %d subjects into %d validate every subject once, and train on all the others', (subjects, count) => {
    const folds = foldsOf(subjects, count);
    const validated = folds.flatMap(({ validation }) => subjectsOf(validation));
    expect(new Set(validated).size).toBe(validated.length);
    for (const { train, validation, test } of folds) {
      const parts = [train, validation, test].map(subjectsOf);
      expect(new Set(parts.flat()).size).toBe(subjects);
      expect(parts.flat().length).toBe(subjects);
      expect([...subjectsOf(train), ...subjectsOf(validation)].sort()).toEqual([...validated].sort());
    }
  });

  it('keep the test part that the split alone gives, the same in every fold', () => {
    const alone = splitCases(makeCases(50, 2), whole, 42, 'data').test;
    expect(alone).toHaveLength(16);
    for (const { test } of foldsOf(50, 5)) expect(test).toEqual(alone);
  });

  it('are the same whatever the order in which the files were found, and follow the seed', () => {
    const fold = { index: 2, count: 3 };
    const names = (cases: readonly CaseFiles[], seed: number) =>
      subjectsOf(splitCases(cases, { ...whole, fold }, seed, 'data').validation).sort();
    const cases = makeCases(20);
    expect(names([...cases].reverse(), 42)).toEqual(names(cases, 42));
    expect(names(cases, 43)).not.toEqual(names(cases, 42));
  });

  it('that leave a fold without subjects say so', () => {
    const error = dataErrorOf(() =>
      splitCases(makeCases(4), { ...whole, fold: { index: 5, count: 5 } }, 42, 'data/organ'),
    );
    expect(error.code).toBe('EXP4104');
    expect(error.message).toBe(
      'dividing 4 subjects of data/organ into 5 folds, beside 15% for the test, leaves none for validation in fold 5',
    );
  });
});

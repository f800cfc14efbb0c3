import { describe, expect, it } from 'vitest';
import { splitCases } from '../../../runtime/data/split.ts';
import type { CaseFiles } from '../../../runtime/data/types.ts';
import { dataErrorOf } from './volumes.ts';

const fractions = { train: 0.7, validation: 0.15, test: 0.15 };

function makeCases(subjects: number, perSubject = 1): CaseFiles[] {
  return Array.from({ length: subjects * perSubject }, (_, i) => {
    const subject = `sub-${String(Math.floor(i / perSubject) + 1).padStart(3, '0')}`;
    const id = `${subject}_run-${(i % perSubject) + 1}`;
    return { id, subject, image: `${id}.nii.gz`, label: `${id}_dseg.nii.gz` };
  });
}

const sizes = (subjects: number) => {
  const { train, validation, test } = splitCases(makeCases(subjects), fractions, null, 42, 'data');
  return [train.length, validation.length, test.length];
};

describe('a split', () => {
  it('of 50 subjects by 70 / 15 / 15 % gives 35, 7 and 8', () => {
    expect(sizes(50)).toEqual([35, 7, 8]);
  });

  it.each([7, 8, 12, 13, 20, 99, 200])('of %d subjects loses nobody and takes nobody twice', (subjects) => {
    const { train, validation, test } = splitCases(makeCases(subjects), fractions, null, 1, 'data');
    const ids = [...train, ...validation, ...test].map((files) => files.id);
    expect(new Set(ids).size).toBe(subjects);
    expect(ids.length).toBe(subjects);
  });

  it('keeps the cases of a subject together', () => {
    const { train, validation, test } = splitCases(makeCases(20, 3), fractions, null, 42, 'data');
    const parts = [train, validation, test].map((part) => new Set(part.map((files) => files.subject)));
    expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(20);
    expect([train, validation, test].every((part) => part.length % 3 === 0)).toBe(true);
  });

  it('is the same for the same seed, and another for another', () => {
    const names = (seed: number) =>
      splitCases(makeCases(50), fractions, null, seed, 'data').validation.map((files) => files.id);
    expect(names(42)).toEqual(names(42));
    expect(names(42)).not.toEqual(names(43));
  });

  it('of the first 8 takes the first 8 in sorted order', () => {
    const { train, validation, test } = splitCases(makeCases(50), fractions, 8, 42, 'data');
    expect([...train, ...validation, ...test].map((files) => files.subject).sort()).toEqual(
      makeCases(8).map((files) => files.subject),
    );
    expect([train.length, validation.length, test.length]).toEqual([5, 1, 2]);
  });

  it('without a test part gives the rest to validation', () => {
    const split = splitCases(makeCases(7), { train: 0.8, validation: 0.2, test: 0 }, null, 42, 'data');
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([5, 2, 0]);
  });

  it('that leaves nothing for a part says which, of how many', () => {
    const error = dataErrorOf(() => splitCases(makeCases(50), fractions, 3, 42, 'data/organ'));
    expect(error.code).toBe('EXP4104');
    expect(error.message).toBe(
      'splitting the first 3 of 50 subjects of data/organ by 70% / 15% / 15% leaves none for validation',
    );
  });
});

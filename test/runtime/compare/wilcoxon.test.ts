import { describe, expect, it } from 'vitest';
import { wilcoxon } from '../../../runtime/compare/wilcoxon.ts';
import { randomStream } from '../../../runtime/data/random.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';

function differencesOf(seed: number, count: number, digits: number | null): number[] {
  const random = randomStream({ seed, purpose: 'split' });
  return Array.from({ length: count }, () => {
    const value = random.uniform() - 0.4;
    return digits === null ? value : Number(value.toFixed(digits));
  });
}

describe('the signed-rank test', () => {
  it('takes the smaller rank sum: of 1, 2, −3, 4, the 3', () => {
    expect(wilcoxon([0.1, 0.2, -0.3, 0.4])).toEqual({ pairs: 4, statistic: 3, pValue: 0.625 });
  });

  it('counts sign patterns where ranks are shared too: 1.5, 1.5, 3, 4 have three sums of at most 1.5', () => {
    expect(wilcoxon([-1, 1, 2, 3])).toEqual({ pairs: 4, statistic: 1.5, pValue: 6 / 16 });
  });

  it('has no opinion where nothing differs', () => {
    expect(wilcoxon([0, 0])).toEqual({ pairs: 0, statistic: 0, pValue: null });
  });

  it.skipIf(!pythonHas('scipy'))('equals SciPy’s, exact and approximate, with ties and zeros (needs scipy)', () => {
    const questions = [
      ...[5, 8, 20, 49].map((count) => differencesOf(count, count, null)),
      ...[60, 200].map((count) => differencesOf(count, count, null)),
      ...[30, 80].map((count) => differencesOf(count, count, 1)),
      ...[6, 9, 12, 13, 14].map((count) => differencesOf(count, count, 1)),
      [0.02, 0.02, -0.01, 0.03, -0.02, 0.05],
      [1, 1, 1, 2, 3, -4],
      [0, 0, 0.1, 0.2, -0.3, 0.4, 0.5, 0.6],
    ];
    const expected = askPython<{ statistic: number; pValue: number }[]>(
      new URL('./reference.py', import.meta.url),
      questions,
    );
    questions.forEach((differences, index) => {
      const { statistic, pValue } = wilcoxon(differences);
      expect(statistic).toBeCloseTo(expected[index]?.statistic ?? Number.NaN, 9);
      expect(pValue).toBeCloseTo(expected[index]?.pValue ?? Number.NaN, 6);
    });
  });
});

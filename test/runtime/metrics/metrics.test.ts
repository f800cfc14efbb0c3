import { describe, expect, it } from 'vitest';
import { dice } from '../../../runtime/metrics/dice.ts';
import { hausdorff95 } from '../../../runtime/metrics/hausdorff95.ts';
import { iou } from '../../../runtime/metrics/iou.ts';
import { meanOverCases, measureCase } from '../../../runtime/metrics/measure.ts';
import type { LabelPair } from '../../../runtime/metrics/types.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';
import { ballPair } from './label-pairs.ts';

const both = { predicted: [1, 2], truth: [1, 2] };

function row(predicted: readonly number[], truth: readonly number[]): LabelPair {
  const shape = [1, 1, truth.length] as const;
  return { predicted: Uint8Array.from(predicted), truth: Uint8Array.from(truth), shape, spacing: [1, 1, 2] };
}

describe('dice and iou', () => {
  it('count the voxels that both maps give to the class', () => {
    const pair = row([0, 1, 1, 1], [1, 1, 1, 0]);
    expect(dice(pair, 1)).toBe(4 / 6);
    expect(iou(pair, 1)).toBe(2 / 4);
  });

  it('are 0 for a class that is predicted where there is none, and no number for one in neither map', () => {
    const pair = row([1, 0], [0, 0]);
    expect([dice(pair, 1), iou(pair, 1)]).toEqual([0, 0]);
    expect([dice(pair, 2), iou(pair, 2)]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('hausdorff95', () => {
  it('is in millimetres', () => {
    expect(hausdorff95(row([1, 0, 0, 0], [0, 0, 0, 1]), 1)).toBe(6);
  });

  it('is infinite for a class in one map only, and no number for one in neither', () => {
    const pair = row([1, 0], [0, 0]);
    expect(hausdorff95(pair, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(hausdorff95(pair, 2)).toBe(Number.NaN);
  });
});

describe('the metrics of a case', () => {
  it('average its foreground classes and name each of them', () => {
    expect(measureCase(row([1, 2, 2, 0], [1, 2, 0, 0]), ['dice'], 3)).toEqual({
      'dice.1': 1,
      'dice.2': 2 / 3,
      dice: (1 + 2 / 3) / 2,
    });
  });

  it('name no classes where there is only one', () => {
    expect(measureCase(row([1, 1], [1, 0]), ['iou'], 2)).toEqual({ iou: 0.5 });
  });

  it('put a missing class as far away as the volume is long, so that means stay finite', () => {
    expect(measureCase(row([1, 0, 0, 0], [0, 0, 0, 0]), ['hausdorff95'], 2)).toEqual({ hausdorff95: 6 });
  });

  it('have no entry for what cannot be measured, and means pass over it', () => {
    const nothing = measureCase(row([0, 0], [0, 0]), ['dice'], 2);
    expect(nothing).toEqual({});
    expect(meanOverCases([nothing, { dice: 0.5 }, { dice: 0.9 }], 'val')).toEqual({ 'val.dice': 0.7 });
  });
});

describe.skipIf(!pythonHas('monai'))('equals MONAI (skipped: no reference Python with monai)', () => {
  const pairs = [
    ...[1, 3, 5, 7, 9].map((seed) => ballPair(seed, [14, 11, 17], [1, 1, 1], both)),
    ...[11, 13, 15].map((seed) => ballPair(seed, [12, 16, 9], [0.7, 1.3, 3], both)),
    ballPair(21, [10, 10, 10], [1, 2, 1], { predicted: [1], truth: [1, 2] }),
    ballPair(23, [10, 10, 10], [1, 2, 1], { predicted: [1, 2], truth: [1] }),
    ballPair(25, [10, 10, 10], [1, 1, 1], { predicted: [1], truth: [1] }),
  ];

  it('for dice, iou and hausdorff95, with spacing and missing classes', { timeout: 120_000 }, () => {
    const question = pairs.map((pair) => ({
      ...pair,
      predicted: [...pair.predicted],
      truth: [...pair.truth],
      classes: 3,
    }));
    type Answer = Record<'dice' | 'iou' | 'hausdorff95', (number | 'Infinity' | null)[]>;
    const answers = askPython<Answer[]>(new URL('reference.py', import.meta.url), question);
    pairs.forEach((pair, index) => {
      for (const classIndex of [1, 2]) {
        const theirs = (name: keyof Answer) => Number(answers[index]?.[name][classIndex - 1] ?? Number.NaN);
        const inNeither = !pair.predicted.includes(classIndex) && !pair.truth.includes(classIndex);
        const where = `pair ${index}, class ${classIndex}`;
        if (!inNeither) {
          expect(dice(pair, classIndex), where).toBeCloseTo(theirs('dice'), 6);
          expect(iou(pair, classIndex), where).toBeCloseTo(theirs('iou'), 6);
        }
        const [distance, expected] = [hausdorff95(pair, classIndex), theirs('hausdorff95')];
        if (Number.isFinite(expected)) expect(distance, where).toBeCloseTo(expected, 4);
        // With a percentile MONAI says NaN also where one map lacks the class.
        else expect(Number.isFinite(distance), where).toBe(false);
      }
    });
  });
});

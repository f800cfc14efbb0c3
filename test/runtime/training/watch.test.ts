import { describe, expect, it } from 'vitest';
import { checkExpectations } from '../../../runtime/training/expectations.ts';
import { type Best, isOutOfPatience, updateBest } from '../../../runtime/training/watch.ts';

const dice = { metric: 'val.dice', mode: 'max' } as const;
const distance = { metric: 'val.hausdorff95', mode: 'min' } as const;

function bestOf(watch: typeof dice | typeof distance, values: readonly (number | null)[]): Best | null {
  return values.reduce<Best | null>(
    (best, value, i) =>
      updateBest(best, watch, {
        epoch: i + 1,
        step: 4 * i + 4,
        metrics: value === null ? {} : { [watch.metric]: value },
      }),
    null,
  );
}

describe('the best value', () => {
  it('is the largest or the smallest, as the metric is meant; the first of equals', () => {
    expect(bestOf(dice, [0.5, 0.7, 0.7, 0.6])).toMatchObject({ value: 0.7, epoch: 2, step: 8 });
    expect(bestOf(distance, [5, 3, 4])).toMatchObject({ value: 3, epoch: 2 });
  });

  it('passes over epochs without validation', () => {
    expect(bestOf(dice, [null, 0.4, null])).toMatchObject({ value: 0.4, epoch: 2 });
    expect(bestOf(dice, [null])).toBeNull();
  });
});

describe('the best distance', () => {
  const at = (epoch: number, value: number, missed: number) => {
    const counted: Record<string, number> = missed === 0 ? {} : { 'val.hausdorff95.missed': missed };
    return { epoch, step: epoch, metrics: { 'val.hausdorff95': value, ...counted } };
  };
  const bestEpoch = (...epochs: ReturnType<typeof at>[]) =>
    epochs.reduce<Best | null>((best, epoch) => updateBest(best, distance, epoch), null)?.epoch;

  it('is that of an epoch that misses fewer structures, however near those are that another one finds', () => {
    expect(bestEpoch(at(1, 9, 0), at(2, 1, 2))).toBe(1);
    expect(bestEpoch(at(1, 1, 2), at(2, 9, 1))).toBe(2);
    expect(bestEpoch(at(1, 4, 1), at(2, 3, 1), at(3, 5, 1))).toBe(2);
  });
});

describe('patience', () => {
  const earlyStop = { patienceEpochs: 3, watch: dice };

  it('ends when as many epochs have passed since the best', () => {
    expect([5, 6, 7].map((epoch) => isOutOfPatience(earlyStop, { epoch: 4 }, epoch))).toEqual([false, false, true]);
  });

  it('is endless without early stopping, and before the first validation', () => {
    expect(isOutOfPatience(null, { epoch: 1 }, 1000)).toBe(false);
    expect(isOutOfPatience(earlyStop, null, 1000)).toBe(false);
  });
});

describe('an expectation', () => {
  it.each([
    ['>=', 0.8, true],
    ['>', 0.8, false],
    ['<=', 0.8, true],
    ['<', 0.8, false],
    ['>=', 0.9, false],
  ] as const)('val.dice %s %f of a run with 0.8 is held: %s', (operator, value, held) => {
    const [checked] = checkExpectations([{ metric: 'val.dice', operator, value }], { 'val.dice': 0.8 });
    expect(checked).toEqual({ text: `val.dice ${operator} ${value}`, value: 0.8, held });
  });

  it('does not hold when its metric was never measured', () => {
    expect(checkExpectations([{ metric: 'test.dice', operator: '<', value: 1 }], {})).toEqual([
      { text: 'test.dice < 1', value: null, held: false },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { PlanLrSchedule } from '../../../compiler/plan/schema.ts';
import { learningRateAt } from '../../../runtime/training/lr-schedule.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';
import { expectRow } from '../../reference/numerics/row.ts';

const LENGTH = { totalSteps: 20, stepsPerEpoch: 4 };

function rates(schedule: PlanLrSchedule, base = 1): readonly number[] {
  return Array.from({ length: LENGTH.totalSteps }, (_, i) => learningRateAt(schedule, base, i + 1, LENGTH));
}

const cosine = (value: number, unit: 'epochs' | 'steps', minimum: number): PlanLrSchedule => ({
  kind: 'warmup_cosine',
  warmup: { unit, value },
  minimum,
});

describe('the learning rate', () => {
  it('is constant', () => {
    expect(rates({ kind: 'constant' }, 3e-4)).toEqual(Array(20).fill(3e-4));
  });

  it('rises in a line to the base rate at the last warm-up step, and falls to its minimum at the last step', () => {
    const values = rates(cosine(1, 'epochs', 0.1));
    expect(values.slice(0, 4)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(values[11]).toBeCloseTo(0.55, 12);
    expect(values[19]).toBeCloseTo(0.1, 12);
  });

  it('needs no warm-up, and may be all warm-up', () => {
    expect(rates(cosine(0, 'steps', 0))[0]).toBeCloseTo((1 + Math.cos(Math.PI / 20)) / 2, 12);
    expect(rates(cosine(10, 'epochs', 0)).at(-1)).toBe(1);
  });

  it('falls polynomially from the base rate', () => {
    const values = rates({ kind: 'polynomial', power: 0.9 });
    expect([values[0], values[10]]).toEqual([1, 0.5 ** 0.9]);
    expect(values[19]).toBeCloseTo(0.05 ** 0.9, 12);
  });
});

describe.skipIf(!pythonHas('torch'))(
  'equals torch.optim.lr_scheduler (skipped: no reference Python with torch)',
  () => {
    it('LinearLR, CosineAnnealingLR and PolynomialLR', { timeout: 60_000 }, () => {
      const theirs = askPython<{ warmup_cosine: number[]; polynomial: number[] }>(
        new URL('lr_reference.py', import.meta.url),
        { base: 1e-3, totalSteps: 20, warmupSteps: 5, minimum: 0.01, power: 0.9 },
      );
      const ours = {
        warmup_cosine: rates(cosine(5, 'steps', 0.01), 1e-3),
        polynomial: rates({ kind: 'polynomial', power: 0.9 }, 1e-3),
      };
      for (const name of ['warmup_cosine', 'polynomial'] as const)
        expectRow({
          subject: 'optimizers',
          what: `learning rate, ${name}, 20 steps`,
          reference: `torch ${name === 'polynomial' ? 'PolynomialLR' : 'LinearLR, CosineAnnealingLR'}`,
          ours: null,
          theirs: null,
          difference: Math.max(...theirs[name].map((rate, i) => Math.abs(rate - (ours[name][i] ?? Number.NaN)))),
          tolerance: 1e-12,
        });
    });
  },
);

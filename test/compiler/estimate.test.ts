import { describe, expect, it } from 'vitest';
import { estimate } from '../../compiler/estimate.ts';
import type { Outlook } from '../../compiler/outlook.ts';
import { experimentText, planOf } from './example.ts';

const swin = experimentText('swin');

function outlook(stepsPerEpoch: number | null, cores: number | null = null): Outlook {
  return { stepsPerEpoch: () => stepsPerEpoch, stepSeconds: () => null, cores };
}

describe('estimates', () => {
  it('hold the measured step: SwinUNETR at 96³ took 3.6 s on two cores', () => {
    const { plan } = planOf(swin);
    const { stepSeconds } = estimate(plan, outlook(null, 2));
    expect(stepSeconds?.low).toBeLessThan(3.64);
    expect(stepSeconds?.high).toBeGreaterThan(3.64);
  });

  it('say nothing of a machine that is not known', () => {
    const { stepSeconds, trainingSeconds, costUsd, fitsMemory } = estimate(planOf(swin).plan, outlook(35));
    expect({ stepSeconds, trainingSeconds, costUsd, fitsMemory }).toEqual({
      stepSeconds: null,
      trainingSeconds: null,
      costUsd: null,
      fitsMemory: null,
    });
  });

  it('become time, cost and a verdict where steps and price are known', () => {
    const { plan } = planOf(swin, { profile: 'cloud-gpu' });
    const result = estimate(plan, outlook(12));
    const hours = (result.trainingSeconds?.high ?? 0) / 3600;
    expect(result.fitsMemory).toBe(true);
    expect(result.trainingSeconds?.high).toBeCloseTo((result.stepSeconds?.high ?? 0) * 12 * 100);
    expect(result.costUsd?.high).toBeCloseTo(hours * 0.526);
    expect(result.withinBudget).toBe('yes');
    expect(estimate({ ...plan, budget: { usd: 0.01, hours: null } }, outlook(12)).withinBudget).toBe('no');
  });

  it('are what earlier runs measured, where they did', () => {
    const { plan } = planOf(swin);
    const { stepSeconds, trainingSeconds, basis } = estimate(plan, {
      ...outlook(10, 2),
      stepSeconds: () => ({ low: 1, high: 2 }),
    });
    expect([stepSeconds, trainingSeconds?.high]).toEqual([{ low: 1, high: 2 }, 2 * 10 * 100]);
    expect(basis).toContain('measured');
  });

  it('never promise less than a step takes at least', () => {
    const { plan } = planOf(swin);
    const { peakBytes } = estimate(plan, outlook(null));
    expect(peakBytes.low).toBe(plan.facts.stateBytes + plan.facts.activationPeakBytes);
    expect(peakBytes.high).toBeGreaterThan(peakBytes.low);
  });
});

import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import { attemptsOf, secondsAtWork, secondsWithin, spendOf, spendText } from '../../../runtime/run/spend.ts';
import { limitByBudget } from '../../../runtime/training/budget-limit.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';

const plan = tinyPlan();
const priced = { ...plan, environment: { ...plan.environment, pricePerHourUsd: 2 } };

function events(...attempts: readonly (readonly [from: number, to: number])[]): readonly RunEvent[] {
  return attempts.flatMap(([from, to], index): RunEvent[] => [
    {
      ...{ type: 'run_started', sequence: 2 * index, time: from * 1000, runId: 'r', planId: 'p', experiment: 'e' },
      ...{ profile: null, pid: 1, host: 'h', resumedFromStep: null },
    },
    { type: 'epoch_started', sequence: 2 * index + 1, time: to * 1000, epoch: 1 },
  ]);
}

describe('the time of runs', () => {
  it('is that of all attempts, without what lies between them', () => {
    expect(secondsAtWork(attemptsOf(events([0, 10], [100, 105])))).toBe(15);
  });

  it('counts once where two runs were at work together on a machine', () => {
    expect(
      secondsAtWork([...attemptsOf(events([0, 10])), ...attemptsOf(events([5, 12])), { from: 6000, to: 8000 }]),
    ).toBe(12);
  });
});

describe('a budget', () => {
  it('ends at whichever comes first, hours or dollars', () => {
    expect(secondsWithin({ usd: 1, hours: 3 }, priced)).toBe(1800);
    expect(secondsWithin({ usd: 10, hours: 3 }, priced)).toBe(3 * 3600);
    expect(secondsWithin({ usd: 1, hours: null }, plan)).toBe(Number.POSITIVE_INFINITY);
    expect(secondsWithin(null, priced)).toBe(Number.POSITIVE_INFINITY);
  });

  it('says what of it is spent', () => {
    expect(spendText(spendOf(5400, priced), { usd: 30, hours: 20 })).toBe('$3.00 of $30, 1.5 h of 20 h');
  });

  it('counts the attempts before this one, and stops when it is reached', () => {
    let now = 0;
    const limit = limitByBudget(
      { usd: null, hours: 20 / 3600 },
      plan,
      { id: 'organ-3f2a', earlier: events([0, 15]) },
      () => now,
    );
    expect([limit.requested, limit.reached]).toEqual([false, null]);
    now = 4_900;
    expect(limit.requested).toBe(false);
    now = 5_000;
    expect(limit.requested).toBe(true);
    expect(limit.reached).toMatchObject({ code: 'EXP4602', message: 'the budget is used up: 20 s of 20 s' });
    expect(limit.reached?.help).toContain("exp resume organ-3f2a --set 'budget=…'");
  });
});

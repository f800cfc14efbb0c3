import type { Budget, Plan } from '../../compiler/plan/schema.ts';
import type { RunEvent } from '../events/schema.ts';

/** What runs have used up: the time that a machine was taken for, and its price for that time. */

/** Milliseconds since the Unix epoch. */
export interface Attempt {
  readonly from: number;
  readonly to: number;
}

/** When a run was at work: from each `run_started` to the last event before the next one. */
export function attemptsOf(events: Iterable<RunEvent>): readonly Attempt[] {
  const attempts: { from: number; to: number }[] = [];
  for (const { type, time } of events) {
    const latest = attempts.at(-1);
    if (type === 'run_started' || latest === undefined) attempts.push({ from: time, to: time });
    else latest.to = Math.max(latest.to, time);
  }
  return attempts;
}

/** Seconds in which at least one of them was at work: a machine that trains two runs at once is paid once. */
export function secondsAtWork(attempts: readonly Attempt[]): number {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { from, to } of [...attempts].sort((a, b) => a.from - b.from)) {
    total += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return total / 1000;
}

export interface Spend {
  readonly hours: number;
  /** Null where the environment has no price. */
  readonly usd: number | null;
}

export function spendOf(seconds: number, { environment }: Pick<Plan, 'environment'>): Spend {
  const hours = seconds / 3600;
  const price = environment.pricePerHourUsd;
  return { hours, usd: price === null ? null : hours * price };
}

/** Seconds after which a budget is used up; infinite without one, or without a price for its dollars. */
export function secondsWithin(budget: Budget | null, { environment }: Pick<Plan, 'environment'>): number {
  const price = environment.pricePerHourUsd ?? 0;
  const byHours = (budget?.hours ?? Number.POSITIVE_INFINITY) * 3600;
  const byUsd = price > 0 ? ((budget?.usd ?? Number.POSITIVE_INFINITY) / price) * 3600 : Number.POSITIVE_INFINITY;
  return Math.min(byHours, byUsd);
}

/** `$1.20 of $30, 2.3 h of 20 h` */
export function spendText({ hours, usd }: Spend, budget: Budget): string {
  const parts = [
    ...(budget.usd === null ? [] : [`$${(usd ?? 0).toFixed(2)} of $${budget.usd}`]),
    ...(budget.hours === null ? [] : [`${hoursText(hours)} of ${hoursText(budget.hours)}`]),
  ];
  return parts.join(', ');
}

function hoursText(hours: number): string {
  const minutes = hours * 60;
  if (hours >= 1) return `${Number(hours.toPrecision(3))} h`;
  return minutes >= 1 ? `${Number(minutes.toPrecision(2))} min` : `${Number((minutes * 60).toPrecision(2))} s`;
}

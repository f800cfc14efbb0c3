import { MISSED } from '../metrics/table.ts';
import type { MetricPoint } from './run-state.ts';

/** What is best, and what counts at all: the one definition for training, tables, comparisons and pictures. */

type Series = Readonly<Record<string, readonly MetricPoint[]>>;

/** A value, and how many structures it passes over because the prediction lacks them. */
interface Measured {
  readonly value: number;
  readonly missed: number;
}

export type BestPoint = MetricPoint & Measured;

/**
 * Whether a value is better than another one. One that misses fewer structures is better whatever it is: a mean of
 * distances passes over what was missed, and would prefer a network that finds the easy cases only.
 */
export function isBetter(a: Measured, b: Measured, mode: 'max' | 'min'): boolean {
  if (a.missed !== b.missed) return a.missed < b.missed;
  return mode === 'min' ? a.value < b.value : a.value > b.value;
}

/** The series without the validations that somebody asked for: those count for nothing. */
export function countedSeries(metrics: Series): Series {
  const counted = Object.entries(metrics).map(
    ([name, points]) => [name, points.filter(({ asked }) => !asked)] as const,
  );
  return Object.fromEntries(counted.filter(([, points]) => points.length > 0));
}

/** The first of the best points of a metric that counts, with what it misses; null where none has a finite value. */
export function bestPoint(metrics: Series, name: string, mode: 'max' | 'min'): BestPoint | null {
  const missedAt = new Map((metrics[`${name}.${MISSED}`] ?? []).map(({ step, value }) => [step, value]));
  return (metrics[name] ?? [])
    .filter(({ value, asked }) => Number.isFinite(value) && !asked)
    .map((point) => ({ ...point, missed: missedAt.get(point.step) ?? 0 }))
    .reduce<BestPoint | null>((best, point) => (best === null || isBetter(point, best, mode) ? point : best), null);
}

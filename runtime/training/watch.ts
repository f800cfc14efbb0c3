import type { PlanSchedule, WatchedMetric } from '../../compiler/plan/schema.ts';
import { type MetricValues, missedBy } from '../metrics/measure.ts';

/** The best value of a metric so far, and where it was reached. */
export interface Best {
  readonly value: number;
  readonly epoch: number;
  readonly step: number;
  /** Everything that was measured in that epoch. */
  readonly metrics: MetricValues;
}

/**
 * The better one of the best so far and an epoch's metrics; the same object when there is nothing better. An epoch without a
 * value is no better. One that misses fewer structures altogether is better whatever its value: a mean of distances passes
 * over what was missed, and would prefer a network that finds the easy cases only.
 */
export function updateBest(
  best: Best | null,
  watch: WatchedMetric,
  at: { readonly epoch: number; readonly step: number; readonly metrics: MetricValues },
): Best | null {
  const value = at.metrics[watch.metric];
  if (value === undefined) return best;
  return best === null || isBetter(watch, at.metrics, value, best) ? { value, ...at } : best;
}

function isBetter(watch: WatchedMetric, metrics: MetricValues, value: number, best: Best): boolean {
  const [missed, missedByBest] = [missedBy(metrics, watch.metric), missedBy(best.metrics, watch.metric)];
  if (missed !== missedByBest) return missed < missedByBest;
  return watch.mode === 'max' ? value > best.value : value < best.value;
}

/** Whether the watched metric has not improved for the plan's patience. */
export function isOutOfPatience(
  earlyStop: PlanSchedule['earlyStop'],
  best: Pick<Best, 'epoch'> | null,
  epoch: number,
): boolean {
  return earlyStop !== null && best !== null && epoch - best.epoch >= earlyStop.patienceEpochs;
}

import type { PlanSchedule, WatchedMetric } from '../../compiler/plan/schema.ts';
import { isBetter } from '../events/best-point.ts';
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
 * value is no better.
 */
export function updateBest(
  best: Best | null,
  watch: WatchedMetric,
  at: { readonly epoch: number; readonly step: number; readonly metrics: MetricValues },
): Best | null {
  const value = at.metrics[watch.metric];
  if (value === undefined) return best;
  const measured = ({ metrics }: Pick<Best, 'metrics'>, reached: number) => ({
    value: reached,
    missed: missedBy(metrics, watch.metric),
  });
  const isFirstOrBetter = best === null || isBetter(measured(at, value), measured(best, best.value), watch.mode);
  return isFirstOrBetter ? { value, ...at } : best;
}

/** Whether the watched metric has not improved for the plan's patience. */
export function isOutOfPatience(
  earlyStop: PlanSchedule['earlyStop'],
  best: Pick<Best, 'epoch'> | null,
  epoch: number,
): boolean {
  return earlyStop !== null && best !== null && epoch - best.epoch >= earlyStop.patienceEpochs;
}

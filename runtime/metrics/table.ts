import type { Plan } from '../../compiler/plan/schema.ts';
import { dice, iou, precision, sensitivity, volumeError } from './overlap.ts';
import { averageSurfaceDistance, hausdorff95, surfaceDice } from './surface-metrics.ts';
import type { ClassMetric } from './types.ts';

export type MetricName = Plan['metrics'][number];

/** A new metric is a function and one line here; its name, unit and documentation stand in the compiler's table. */
export const METRICS: { readonly [M in MetricName]: ClassMetric } = {
  dice,
  iou,
  hausdorff95,
  surface_dice: surfaceDice,
  average_surface_distance: averageSurfaceDistance,
  sensitivity,
  precision,
  volume_error: volumeError,
};

/** Those that have no value for a structure that the prediction lacks: it is counted beside them. */
const WITHOUT_VALUE_OF_MISSED: ReadonlySet<string> = new Set<MetricName>([
  'hausdorff95',
  'average_surface_distance',
  'precision',
]);

/** The end of `val.hausdorff95.missed`: how many structures of the truth a metric has no value for, because the prediction lacks them. */
export const MISSED = 'missed';

export function countsMissed(name: string): boolean {
  return WITHOUT_VALUE_OF_MISSED.has(name);
}

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

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

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

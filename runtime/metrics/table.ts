import type { Plan } from '../../compiler/plan/schema.ts';
import { dice } from './dice.ts';
import { hausdorff95 } from './hausdorff95.ts';
import { iou } from './iou.ts';
import type { ClassMetric } from './types.ts';

export type MetricName = Plan['metrics'][number];

/** A new metric is one file and one line here (and its name in the plan's schema). */
export const METRICS: { readonly [M in MetricName]: ClassMetric } = {
  dice,
  iou,
  hausdorff95,
};

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

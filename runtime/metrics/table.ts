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

/** In millimetres; the others are plain numbers. */
const DISTANCES: ReadonlySet<string> = new Set<MetricName>(['hausdorff95', 'average_surface_distance']);

/** What a name of a class says by itself: the number that stands in the metric's name anyway. */
const NUMBERED = /^class \d+$/;

/**
 * A metric as people read it: `val.hausdorff95.1` is `val.hausdorff95 anterior (mm)` where the data name their classes.
 *
 * @param classes background first; empty where they are not known
 */
export function metricLabel(reference: string, classes: readonly string[]): string {
  const parts = reference.split('.');
  const place = parts.findIndex(isMetricName);
  const [measure, of] = [parts[place], parts[place + 1]];
  if (measure === undefined || of === MISSED) return reference;
  const unit = DISTANCES.has(measure) ? ' (mm)' : '';
  const name = of === undefined ? undefined : classes[Number(of)];
  const isNamed = name !== undefined && !NUMBERED.test(name);
  return isNamed ? `${parts.slice(0, place + 1).join('.')} ${name}${unit}` : `${reference}${unit}`;
}

/** Of the test subjects, measured once, at the end. */
export function isOfTest(reference: string): boolean {
  return reference.startsWith('test.');
}

export function countsMissed(name: string): boolean {
  return WITHOUT_VALUE_OF_MISSED.has(name);
}

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

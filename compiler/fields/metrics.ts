import { defaulted, type FieldTable, NO_FIELDS } from './field.ts';
import { oneOrMore } from './values/lists.ts';
import { quantity } from './values/numbers.ts';
import { flag } from './values/words.ts';

interface MetricFacts {
  readonly better: 'max' | 'min';
  /** `mm`; null for a plain number. */
  readonly unit: 'mm' | null;
  /** Whether it lies between 0 and 1. */
  readonly unitInterval: boolean;
  readonly arguments: FieldTable;
  readonly doc: string;
}

/** Millimetres of `surface_dice`, for all classes. */
export const DEFAULT_TOLERANCES: readonly number[] = [1];

/** What validation can measure, over foreground classes. The one table of metrics: name, direction, unit, documentation. */
export const METRICS = {
  dice: {
    better: 'max',
    unit: null,
    unitInterval: true,
    arguments: NO_FIELDS,
    doc: 'Dice overlap, 2|A∩B| / (|A|+|B|) (MONAI DiceMetric).',
  },
  iou: {
    better: 'max',
    unit: null,
    unitInterval: true,
    arguments: NO_FIELDS,
    doc: 'Intersection over union, or Jaccard index (MONAI MeanIoU).',
  },
  hausdorff95: {
    better: 'min',
    unit: 'mm',
    unitInterval: false,
    arguments: NO_FIELDS,
    doc: '95th percentile of the distances between the surfaces (MONAI HausdorffDistanceMetric). None where the prediction or the truth is empty: `hausdorff95.missed` counts the true structures that the prediction lacks.',
  },
  surface_dice: {
    better: 'max',
    unit: null,
    unitInterval: true,
    arguments: {
      tolerance: defaulted(
        oneOrMore(quantity('millimetres', { min: 0, max: 1000, example: '2mm' })),
        DEFAULT_TOLERANCES,
        'How far apart the surfaces may lie and still agree: one distance, or a list of one for each class.',
        { reason: 'about a voxel of a fine scan' },
      ),
    },
    doc: 'Share of both surfaces that lies within a tolerance of the other (MONAI SurfaceDiceMetric).',
  },
  average_surface_distance: {
    better: 'min',
    unit: 'mm',
    unitInterval: false,
    arguments: {
      symmetric: defaulted(flag, false, 'Whether distances count in both directions.', { reason: 'as MONAI' }),
    },
    doc: 'Mean distance from the predicted surface to the true one (MONAI SurfaceDistanceMetric). None where the prediction or the truth is empty: `average_surface_distance.missed` counts the true structures that the prediction lacks.',
  },
  sensitivity: {
    better: 'max',
    unit: null,
    unitInterval: true,
    arguments: NO_FIELDS,
    doc: 'Share of the structure that was found, or recall (MONAI ConfusionMatrixMetric).',
  },
  precision: {
    better: 'max',
    unit: null,
    unitInterval: true,
    arguments: NO_FIELDS,
    doc: 'Share of the prediction that is right (MONAI ConfusionMatrixMetric). None where the prediction is empty: `precision.missed` counts the true structures that it lacks.',
  },
  volume_error: {
    better: 'min',
    unit: null,
    unitInterval: false,
    arguments: NO_FIELDS,
    doc: 'Difference of the volumes relative to the true one, without sign.',
  },
} as const satisfies Record<string, MetricFacts>;

export type MetricName = keyof typeof METRICS;

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

/** Splits `val.dice` into where it is measured and what. */
export function metricParts(reference: string): { readonly set: string; readonly measure: string } {
  const dot = reference.indexOf('.');
  return dot < 0
    ? { set: '', measure: reference }
    : { set: reference.slice(0, dot), measure: reference.slice(dot + 1) };
}

/** Whether larger or smaller is better of `val.dice`, of a class's `val.dice.1`, of `train.loss`. */
export function betterOf(reference: string): 'max' | 'min' {
  const [name = ''] = metricParts(reference).measure.split('.');
  return isMetricName(name) ? METRICS[name].better : 'min';
}

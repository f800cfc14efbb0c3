/** What validation can measure, and which way is better. The one table of metric names. */
export const METRICS = {
  dice: {
    better: 'max',
    unitInterval: true,
    doc: 'Dice overlap, 2|A∩B| / (|A|+|B|), mean over foreground classes and subjects.',
  },
  iou: {
    better: 'max',
    unitInterval: true,
    doc: 'Intersection over union (Jaccard), mean over foreground classes and subjects.',
  },
  hausdorff95: {
    better: 'min',
    unitInterval: false,
    doc: '95th percentile of the distances between the surfaces, in millimetres.',
  },
} as const satisfies Record<
  string,
  { readonly better: 'max' | 'min'; readonly unitInterval: boolean; readonly doc: string }
>;

export type MetricName = keyof typeof METRICS;

export const METRIC_NAMES = ['dice', 'iou', 'hausdorff95'] as const satisfies readonly MetricName[];

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

/** Whether larger or smaller is better of `val.dice`, `train.loss`. */
export function betterOf(reference: string): 'max' | 'min' {
  const { measure } = metricParts(reference);
  return isMetricName(measure) ? METRICS[measure].better : 'min';
}

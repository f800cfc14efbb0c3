import { betterOf, isMetricName, metricParts } from '../compiler/fields/metrics.ts';
import { MISSED } from '../runtime/metrics/table.ts';

/** Whether larger or smaller is better: of exp's metrics by its table, of those that other programs log by their names. */
export function directionOf(metric: string): 'max' | 'min' {
  if (metric.endsWith(`.${MISSED}`)) return 'min';
  const [name = ''] = metricParts(metric).measure.split('.');
  if (isMetricName(name)) return betterOf(metric);
  return /dice|iou|jaccard|accuracy|auc|precision|recall|sensitivity|specificity|f1|score/i.test(metric)
    ? 'max'
    : 'min';
}

import { compareClasses } from './compare.ts';
import { countsMissed, METRICS, type MetricName, MISSED } from './table.ts';
import type { LabelPair, MetricSettings } from './types.ts';

/** Values by name, all finite: what has no value has no entry. */
export type MetricValues = Readonly<Record<string, number>>;

/**
 * The metrics of one case: `dice` is the mean over its foreground classes, `dice.1`, `dice.2` are the classes' own where
 * there are several. Classes without a value are passed over, as MONAI's do_metric_reduction does with NaN.
 *
 * A distance says nothing of a structure that was not found at all, so that a mean of distances flatters whoever finds
 * little: `hausdorff95.missed` counts them.
 *
 * @param classes K, background (0) included
 */
export function measureCase(
  pair: LabelPair,
  names: readonly MetricName[],
  classes: number,
  settings: MetricSettings,
): MetricValues {
  const values: Record<string, number> = {};
  const comparisons = compareClasses(pair, classes);
  for (const name of names) {
    const ofClass: number[] = [];
    let missed = 0;
    for (const comparison of comparisons) {
      const value = METRICS[name](comparison, settings);
      // MONAI's average surface distance of a missed structure is infinite; its Hausdorff distance is NaN.
      if (!Number.isFinite(value)) {
        if (comparison.overlap.truth > 0) missed++;
        continue;
      }
      ofClass.push(value);
      if (classes > 2) values[`${name}.${comparison.classIndex}`] = value;
    }
    if (ofClass.length > 0) values[name] = mean(ofClass);
    if (missed > 0) values[`${name}.${MISSED}`] = missed;
  }
  return values;
}

/**
 * The mean of each metric over the cases that have it (the sum of what was missed), under a prefix: `val.dice`. What was
 * missed is told wherever it was counted, 0 too: else the last number above 0 would be taken for the latest.
 */
export function meanOverCases(cases: readonly MetricValues[], prefix: string): MetricValues {
  const measured = new Set(cases.flatMap((values) => Object.keys(values)));
  const names = new Set([...measured].flatMap((name) => (countsMissed(name) ? [name, `${name}.${MISSED}`] : [name])));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = cases.flatMap((ofCase) => (ofCase[name] === undefined ? [] : [ofCase[name]]));
      return [`${prefix}.${name}`, name.endsWith(`.${MISSED}`) ? sum(values) : mean(values)];
    }),
  );
}

/** How many true structures a metric had no value for. @param reference `val.hausdorff95` */
export function missedBy(metrics: MetricValues, reference: string): number {
  return metrics[`${reference}.${MISSED}`] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

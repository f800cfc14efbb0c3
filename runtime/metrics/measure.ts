import { METRICS, type MetricName } from './table.ts';
import type { LabelPair } from './types.ts';

/** Values by name, all finite: what has no value has no entry. */
export type MetricValues = Readonly<Record<string, number>>;

/**
 * The metrics of one case: `dice` is the mean over its foreground classes, `dice.1`, `dice.2` are the classes' own where
 * there are several.
 *
 * @param classes K, background (0) included
 */
export function measureCase(pair: LabelPair, names: readonly MetricName[], classes: number): MetricValues {
  const values: Record<string, number> = {};
  for (const name of names) {
    const ofClass: number[] = [];
    for (let classIndex = 1; classIndex < classes; classIndex++) {
      const value = finite(METRICS[name](pair, classIndex), pair);
      if (Number.isNaN(value)) continue;
      ofClass.push(value);
      if (classes > 2) values[`${name}.${classIndex}`] = value;
    }
    if (ofClass.length > 0) values[name] = mean(ofClass);
  }
  return values;
}

/** The mean of each metric over the cases that have it, under a prefix: `val.dice`. */
export function meanOverCases(cases: readonly MetricValues[], prefix: string): MetricValues {
  const names = new Set(cases.flatMap((values) => Object.keys(values)));
  return Object.fromEntries(
    [...names].map((name) => [
      `${prefix}.${name}`,
      mean(cases.flatMap((values) => (values[name] === undefined ? [] : [values[name]]))),
    ]),
  );
}

/**
 * A class that one map lacks is infinitely far away. That would make every mean useless, so it counts as far as two voxels
 * of the volume can be (BraTS does the same with the diagonal of its volumes).
 */
function finite(value: number, { shape, spacing }: LabelPair): number {
  return value === Number.POSITIVE_INFINITY
    ? Math.hypot(...shape.map((size, axis) => (size - 1) * (spacing[axis] ?? 1)))
    : value;
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

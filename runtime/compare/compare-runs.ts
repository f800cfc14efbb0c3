import { type BestPoint, bestPoint, isBetter } from '../events/best-point.ts';
import type { MetricPoint } from '../events/run-state.ts';
import type { ComparedRun } from './compared-run.ts';
import { holm } from './holm.ts';
import { type SignedRanks, wilcoxon } from './wilcoxon.ts';

/** What differs between runs, in what they were told and in what came of it. The first run is the one to compare with. */
export interface Comparison {
  readonly runs: readonly string[];
  /** What the data of all runs that know it call the classes, background first; empty where they do not agree. */
  readonly classes: readonly string[];
  /** Plan values that are not the same in all runs, by name; null where a plan does not have one. */
  readonly differences: readonly { readonly path: string; readonly values: readonly (string | null)[] }[];
  readonly sameValues: number;
  readonly metrics: readonly ComparedMetric[];
  /** One for each run but the first, and each metric that single cases have in both. */
  readonly cases: readonly PairedCases[];
}

export interface ComparedMetric {
  readonly name: string;
  readonly better: 'max' | 'min';
  /** Per run; null where it was not measured. */
  readonly values: readonly MetricValues[];
  /** Index of the run with the best value; null where no two runs have one, or several have the same. */
  readonly winner: number | null;
}

export type MetricValues = { readonly best: BestPoint; readonly last: MetricPoint } | null;

export interface PairedCases {
  readonly run: string;
  readonly against: string;
  readonly metric: string;
  /** The largest difference first. */
  readonly pairs: readonly { readonly subject: string; readonly before: number; readonly after: number }[];
  /** Of `run` minus `against`. */
  readonly meanDifference: number;
  readonly test: SignedRanks;
  /** The test's p-value after Holm's correction for all tests of the comparison, and how many they are; null where it has none. */
  readonly corrected: { readonly pValue: number; readonly tests: number } | null;
}

/** What follows from other values: nobody chose it. */
const DERIVED = /^facts\./;

/** @param directionOf whether the larger or the smaller value of a metric such as `val.dice` is better */
export function compareRuns(runs: readonly ComparedRun[], directionOf: (metric: string) => 'max' | 'min'): Comparison {
  const plans = runs.map(({ settings }) => settings);
  const paths = [...new Set(plans.flatMap((plan) => [...plan.keys()]))].filter((path) => !DERIVED.test(path)).sort();
  const values = (path: string) => plans.map((plan) => plan.get(path) ?? null);
  const differing = paths.filter((path) => new Set(values(path)).size > 1);
  return {
    runs: runs.map(({ id }) => id),
    classes: sharedClasses(runs),
    differences: differing.map((path) => ({ path, values: values(path) })),
    sameValues: paths.length - differing.length,
    metrics: metricNames(runs).map((name) => compareMetric(name, directionOf(name), runs)),
    cases: correctForAll(pairUp(runs)),
  };
}

function sharedClasses(runs: readonly ComparedRun[]): readonly string[] {
  const [first = [], ...others] = runs.map(({ classes }) => classes).filter((classes) => classes.length > 0);
  return others.every((classes) => classes.join() === first.join()) ? first : [];
}

function metricNames(runs: readonly ComparedRun[]): readonly string[] {
  const names = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)));
  return [...names].filter((name) => name !== 'train.learning_rate').sort();
}

function compareMetric(name: string, better: 'max' | 'min', runs: readonly ComparedRun[]): ComparedMetric {
  const values = runs.map(({ metrics }): MetricValues => {
    const points = metrics[name] ?? [];
    const last = points.findLast(({ value }) => Number.isFinite(value));
    const best = bestPoint(metrics, name, better);
    return last === undefined || best === null ? null : { last, best };
  });
  const measured = values.flatMap((value, index) => (value === null ? [] : [{ point: value.best, index }]));
  const winner = measured.reduce<(typeof measured)[number] | null>(
    (best, candidate) => (best === null || isBetter(candidate.point, best.point, better) ? candidate : best),
    null,
  );
  const isShared = measured.filter(({ point }) => point.value === winner?.point.value).length > 1;
  return { name, better, values, winner: measured.length < 2 || isShared ? null : (winner?.index ?? null) };
}

function correctForAll(paired: readonly Omit<PairedCases, 'corrected'>[]): readonly PairedCases[] {
  const tested = paired.flatMap(({ test: { pValue } }, index) => (pValue === null ? [] : [{ index, pValue }]));
  const corrected = holm(tested.map(({ pValue }) => pValue));
  const byIndex = new Map(tested.map(({ index }, place) => [index, corrected[place] ?? 1]));
  return paired.map((each, index) => {
    const pValue = byIndex.get(index);
    return { ...each, corrected: pValue === undefined ? null : { pValue, tests: tested.length } };
  });
}

function pairUp([first, ...others]: readonly ComparedRun[]): readonly Omit<PairedCases, 'corrected'>[] {
  if (first === undefined) return [];
  return others.flatMap((run) =>
    sharedMetrics(first, run).map((metric): Omit<PairedCases, 'corrected'> => {
      const pairs = [...run.cases].flatMap(([subject, metrics]) => {
        const [before, after] = [first.cases.get(subject)?.[metric], metrics[metric]];
        if (before === undefined || after === undefined) return [];
        return Number.isFinite(before) && Number.isFinite(after) ? [{ subject, before, after }] : [];
      });
      const differences = pairs.map(({ before, after }) => after - before);
      return {
        run: run.id,
        against: first.id,
        metric,
        pairs: pairs.sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before)),
        meanDifference: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
        test: wilcoxon(differences),
      };
    }),
  );
}

/** Metrics that some case has in both runs. */
function sharedMetrics(a: ComparedRun, b: ComparedRun): readonly string[] {
  const names = new Set<string>();
  for (const [subject, metrics] of a.cases) {
    for (const name of Object.keys(metrics)) if (b.cases.get(subject)?.[name] !== undefined) names.add(name);
  }
  return [...names].sort();
}

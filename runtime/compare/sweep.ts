import type { WatchedMetric } from '../../compiler/plan/schema.ts';
import { rankTrials, type Trial } from '../run/trials.ts';
import { deviationOf, meanOf } from '../statistics.ts';

/** What the runs of a sweep or of folds say together. */

export interface SweepMember {
  readonly id: string;
  /** The swept settings by path, as written. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of a cross-validation; null without folds. */
  readonly fold: number | null;
  readonly status: string;
  readonly epoch: number;
  /** The best value of what the sweep is ranked by; null before the first validation. */
  readonly best: number | null;
}

export interface Sweep {
  readonly id: string;
  readonly rankedBy: WatchedMetric;
  /** The swept settings, by path. */
  readonly paths: readonly string[];
  readonly members: readonly SweepMember[];
  /** Best first, those without a value last. */
  readonly trials: readonly Trial<SweepMember>[];
  /** The setting that mattered most comes first. */
  readonly effects: readonly Effect[];
}

/**
 * What one setting did, averaged over all others. Runs that halving held back are not among them, as in Optuna's analyses: they had
 * fewer epochs, and more of those with a poor value are held back than of those with a good one.
 */
export interface Effect {
  readonly path: string;
  readonly values: readonly EffectValue[];
  /** Runs that are not counted, by value. */
  readonly heldBack: readonly HeldBack[];
  /** Between the best and the worst mean. */
  readonly span: number;
}

export interface EffectValue {
  readonly value: string;
  readonly mean: number;
  readonly deviation: number | null;
  /** Runs. */
  readonly count: number;
}

export interface HeldBack {
  readonly value: string;
  /** Runs. */
  readonly count: number;
}

export function analyseSweep(id: string, rankedBy: WatchedMetric, members: readonly SweepMember[]): Sweep {
  const paths = [...new Set(members.flatMap(({ settings }) => Object.keys(settings)))];
  const trials = rankTrials(
    members,
    (member) => ({ settings: member.settings, value: countedValue(member) }),
    rankedBy.mode,
  );
  const effects = paths.map((path) => effectOf(path, members)).filter(saysSomething);
  return {
    id,
    rankedBy,
    paths,
    members,
    trials,
    effects: effects.sort((a, b) => b.span - a.span),
  };
}

/** A setting that has one value has no effect; one whose other values were all held back has. */
function saysSomething({ values, heldBack }: Effect): boolean {
  return values.length > 0 && new Set([...values, ...heldBack].map(({ value }) => value)).size > 1;
}

function effectOf(path: string, members: readonly SweepMember[]): Effect {
  const groups = groupBy(
    members.filter(({ settings }) => settings[path] !== undefined),
    ({ settings }) => settings[path] ?? '',
  ).map((group) => ({ value: group[0]?.settings[path] ?? '', ...parted(group) }));
  const values = groups.flatMap(({ value, whole }): EffectValue[] => {
    const bests = bestsOf(whole);
    const mean = meanOf(bests);
    return mean === null ? [] : [{ value, mean, deviation: deviationOf(bests), count: bests.length }];
  });
  const heldBack = groups.flatMap(({ value, held }) => (held.length === 0 ? [] : [{ value, count: held.length }]));
  const means = values.map(({ mean }) => mean);
  return {
    path,
    values: values.sort((a, b) => compareValues(a.value, b.value)),
    heldBack: heldBack.sort((a, b) => compareValues(a.value, b.value)),
    span: means.length === 0 ? 0 : Math.max(...means) - Math.min(...means),
  };
}

/** Numbers by size, everything else by name. */
export function compareValues(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isFinite(x) && Number.isFinite(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

function parted(members: readonly SweepMember[]) {
  const isHeld = ({ status }: SweepMember) => status === 'stopped_early';
  return { whole: members.filter((member) => !isHeld(member)), held: members.filter(isHeld) };
}

function bestsOf(members: readonly SweepMember[]): readonly number[] {
  return members.flatMap((member) => countedValue(member) ?? []);
}

/** What counts in a mean. */
function countedValue({ best }: SweepMember): number | null {
  return best !== null && Number.isFinite(best) ? best : null;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(item);
  }
  return [...groups.values()];
}

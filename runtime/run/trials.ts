import type { WatchedMetric } from '../../compiler/plan/schema.ts';
import { deviationOf, meanOf } from '../statistics.ts';

/** One combination of values, over its folds or repetitions. */
export interface Trial<M> {
  /** The swept settings by path, as written. */
  readonly settings: Readonly<Record<string, string>>;
  readonly members: readonly M[];
  /** Of those members that have a value; null where none has. */
  readonly mean: number | null;
  /** The sample's standard deviation; null for fewer than two values. */
  readonly deviation: number | null;
}

export interface TrialMember {
  readonly settings: Readonly<Record<string, string>>;
  /** Null where there is none yet. */
  readonly value: number | null;
}

/** @returns best first, those without a value last */
export function rankTrials<M>(
  members: readonly M[],
  describe: (member: M) => TrialMember,
  mode: WatchedMetric['mode'],
): Trial<M>[] {
  const bySettings = new Map<string, { readonly settings: TrialMember['settings']; readonly members: M[] }>();
  for (const member of members) {
    const { settings } = describe(member);
    const key = JSON.stringify(settings);
    const trial = bySettings.get(key) ?? { settings, members: [] };
    bySettings.set(key, trial);
    trial.members.push(member);
  }
  return [...bySettings.values()]
    .map((trial) => {
      const values = trial.members.flatMap((member) => describe(member).value ?? []);
      return { ...trial, mean: meanOf(values), deviation: deviationOf(values) };
    })
    .sort((a, b) => compare(a.mean, b.mean, mode));
}

function compare(a: number | null, b: number | null, mode: WatchedMetric['mode']): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  return mode === 'max' ? b - a : a - b;
}

import type { MatrixMember } from '../../compiler/plan/matrix.ts';
import type { WatchedMetric } from '../../compiler/plan/schema.ts';
import { readEvents } from '../events/read.ts';
import { stateOfRun } from '../events/reduce.ts';
import type { RunState, RunStatus } from '../events/run-state.ts';
import type { RunEventOf } from '../events/schema.ts';
import { liveOwner } from './lock.ts';
import { type MatrixFolder, type MemberFolder, memberFolders, readMatrixFile } from './matrix-folder.ts';
import { type Attempt, attemptsOf, secondsAtWork } from './spend.ts';

/** How the runs of a matrix stand, from their own records: there is no other bookkeeping that could disagree. */

export interface MemberResult {
  readonly member: MatrixMember;
  readonly runId: string;
  /** Absolute. */
  readonly dir: string;
  /** `waiting` before its first start; `lost` when neither trainer nor launcher lived to say how it ended. */
  readonly status: RunStatus | 'waiting' | 'lost';
  readonly epoch: number;
  readonly seconds: number;
  /** The best value of what the matrix is ranked by; null before the first validation. */
  readonly best: number | null;
  readonly finished: RunEventOf<'run_finished'> | null;
  readonly attempts: readonly Attempt[];
}

/** One combination of values, over its folds. */
export interface TrialResult {
  readonly settings: Readonly<Record<string, string>>;
  readonly members: readonly MemberResult[];
  /** Of the best values of those folds that have one; null where none has. */
  readonly mean: number | null;
  /** The sample's standard deviation; null for fewer than two. */
  readonly deviation: number | null;
}

export interface MatrixResults {
  readonly rankedBy: WatchedMetric;
  readonly members: readonly MemberResult[];
  /** Best first, those without a value last. */
  readonly trials: readonly TrialResult[];
  /** In which at least one of them was at work. */
  readonly seconds: number;
}

export function isDone({ status }: Pick<MemberResult, 'status'>): boolean {
  return status === 'completed' || status === 'early_stopped';
}

export function matrixResults(folder: MatrixFolder): MatrixResults {
  const { rankedBy } = readMatrixFile(folder).matrix;
  const members = memberFolders(folder).map((each) => {
    const events = readEvents(each.run.dir);
    return memberResult(each, stateOfRun(events, rankedBy), attemptsOf(events));
  });
  return rankMembers(members, rankedBy);
}

/** @param members in their order */
export function rankMembers(members: readonly MemberResult[], rankedBy: WatchedMetric): MatrixResults {
  const trials = trialsOf(members).sort((a, b) => compare(a.mean, b.mean, rankedBy.mode));
  return { rankedBy, members, trials, seconds: secondsAtWork(members.flatMap(({ attempts }) => attempts)) };
}

/** @param state what the run's events add up to, watching what the matrix is ranked by */
export function memberResult(
  { member, run }: MemberFolder,
  state: RunState,
  attempts: readonly Attempt[],
): MemberResult {
  const isAlive = state.finished === null && liveOwner(run.dir) !== null;
  const status =
    attempts.length === 0 && !isAlive ? 'waiting' : state.finished === null && !isAlive ? 'lost' : state.status;
  return {
    member,
    runId: run.id,
    dir: run.dir,
    status,
    epoch: state.epoch,
    seconds: secondsAtWork(attempts),
    best: state.finished?.best?.value ?? state.best?.value ?? null,
    finished: state.finished,
    attempts,
  };
}

function trialsOf(members: readonly MemberResult[]): TrialResult[] {
  const bySettings = new Map<string, MemberResult[]>();
  for (const result of members) {
    const key = JSON.stringify(result.member.settings);
    bySettings.set(key, [...(bySettings.get(key) ?? []), result]);
  }
  return [...bySettings.values()].map((folds) => {
    const values = folds.flatMap(({ best }) => best ?? []);
    const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
    return { settings: folds[0]?.member.settings ?? {}, members: folds, mean, deviation: deviationOf(values, mean) };
  });
}

function deviationOf(values: readonly number[], mean: number | null): number | null {
  if (mean === null || values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function compare(a: number | null, b: number | null, mode: WatchedMetric['mode']): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  return mode === 'max' ? b - a : a - b;
}

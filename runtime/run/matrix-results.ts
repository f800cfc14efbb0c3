import type { MatrixMember } from '../../compiler/plan/matrix.ts';
import type { WatchedMetric } from '../../compiler/plan/schema.ts';
import { stateOfRun } from '../events/accumulate.ts';
import { readEvents } from '../events/read.ts';
import type { RunState, RunStatus } from '../events/run-state.ts';
import type { RunEventOf } from '../events/schema.ts';
import { liveOwner } from './lock.ts';
import { type MatrixFolder, type MemberFolder, memberFolders, readMatrixFile } from './matrix-folder.ts';
import { type Attempt, attemptsOf, secondsAtWork } from './spend.ts';
import { rankTrials, type Trial } from './trials.ts';

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

/** Its members are folds. */
export type TrialResult = Trial<MemberResult>;

export interface MatrixResults {
  readonly rankedBy: WatchedMetric;
  readonly members: readonly MemberResult[];
  /** Best first, those without a value last. */
  readonly trials: readonly TrialResult[];
  /** In which at least one of them was at work. */
  readonly seconds: number;
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
  const trials = rankTrials(members, ({ member, best }) => ({ settings: member.settings, value: best }), rankedBy.mode);
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

/** The member with the best value of all; null where none has one. */
export function bestMember({ members, rankedBy }: MatrixResults): MemberResult | null {
  const [best] = rankTrials(members, (each) => ({ settings: { run: each.runId }, value: each.best }), rankedBy.mode);
  return best === undefined || best.mean === null ? null : (best.members[0] ?? null);
}

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import type { Plan } from '../../compiler/plan/schema.ts';
import { stateOfRun } from '../events/accumulate.ts';
import { readEvents } from '../events/read.ts';
import { isOver } from '../events/run-state.ts';
import type { RunEvent } from '../events/schema.ts';
import { deliveredRun } from '../tracking/journal.ts';
import { acquireLock, liveOwner, releaseLock } from './lock.ts';
import { knownMembers, listMatrices } from './matrix-folder.ts';
import { isPinned } from './pin.ts';
import { CHECKPOINTS_FOLDER, listRuns, type RunFolder, readPlanFile } from './run-folder.ts';
import { statusOf } from './run-status.ts';

/**
 * What takes space in run folders and nothing needs any more: checkpoints of runs that failed long ago, states to resume
 * what is over from, copies that were kept while newer ones were written. Plans, records and journals are small and stay.
 */

export interface Garbage {
  readonly run: RunFolder;
  readonly status: string;
  /** Folders and files below the run folder, relative to it. */
  readonly removable: readonly { readonly path: string; readonly bytes: number }[];
  readonly bytes: number;
  /** Why the rest stays; null where nothing of it is kept for a reason. */
  readonly kept: string | null;
}

export interface GarbageOptions {
  /** Of each experiment, so many of the newest runs keep what they need. */
  readonly keep: number;
  /** The best checkpoints of older runs go too. */
  readonly best: boolean;
}

/** What may be resumed from a copy of an older state. */
const PREVIOUS = /\.previous$/;
const TEMPORARY = /\.tmp$/;

/** Every run of a folder that has something to remove. Runs of a sweep or of folds belong together and keep everything. */
export function findGarbage(runsDir: string, options: GarbageOptions): readonly Garbage[] {
  const runs = listRuns(runsDir);
  const used = usedWeights(runsDir, runs);
  const seen = new Map<string, number>();
  return runs.flatMap((run) => {
    const rank = seen.get(run.info.experiment) ?? 0;
    seen.set(run.info.experiment, rank + 1);
    const found = garbageOf(run, rank < options.keep, used, options);
    return found.removable.length === 0 ? [] : [found];
  });
}

function garbageOf(
  run: RunFolder,
  isRecent: boolean,
  used: readonly string[],
  { keep, best }: GarbageOptions,
): Garbage {
  const plan = planOf(run);
  const events = readEvents(run.dir);
  const state = stateOfRun(events, plan?.schedule.keepBest);
  const status = statusOf(state, run.dir);
  const over = isOver({ status });
  const reason = reasonToKeep(run, plan, events, used) ?? (isRecent ? `newest ${keep}` : null);
  const folder = join(run.dir, CHECKPOINTS_FOLDER);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const isGone = (name: string): boolean => {
    if (liveOwner(run.dir) !== null || plan === null) return false;
    if (TEMPORARY.test(name)) return true;
    // A copy helps to go on from a damaged state: only what is over needs none.
    if (reason !== null) return over && PREVIOUS.test(name);
    return !(over && name === 'best') || best;
  };
  const removable = names.filter(isGone).map((name) => {
    return { path: `${CHECKPOINTS_FOLDER}/${name}`, bytes: sizeOf(join(folder, name)) };
  });
  const bytes = removable.reduce((sum, { bytes: size }) => sum + size, 0);
  return { run, status, removable, bytes, kept: reason ?? (over && !best ? 'best' : null) };
}

/** Null for a run that nothing but its age could keep. */
function reasonToKeep(
  { dir }: RunFolder,
  plan: Plan | null,
  events: readonly RunEvent[],
  used: readonly string[],
): string | null {
  if (isPinned(dir)) return 'pinned';
  if (used.some((path) => path === dir || path.startsWith(`${dir}${sep}`))) return 'used by a plan';
  return plan !== null && plan.track !== null && !isDelivered(dir, events) ? 'not delivered' : null;
}

/** A journal that is behind the record, or that has never been begun, means that files are still to be sent. */
function isDelivered(dir: string, events: readonly RunEvent[]): boolean {
  const delivered = deliveredRun(dir);
  const last = events.at(-1);
  return delivered !== null && (last === undefined || delivered.sequence >= last.sequence);
}

/** Absolute paths that `weights: "…"` of any run names, those of sweeps included. */
function usedWeights(runsDir: string, runs: readonly RunFolder[]): readonly string[] {
  const members = listMatrices(runsDir).flatMap((matrix) => knownMembers(matrix).map(({ run }) => run));
  return [...runs, ...members].flatMap((run) => {
    const weights = planOf(run)?.model.weights ?? null;
    return weights === null ? [] : [resolve(run.info.baseDir, weights)];
  });
}

function planOf({ dir }: RunFolder): Plan | null {
  try {
    return readPlanFile(dir).plan;
  } catch {
    return null;
  }
}

function sizeOf(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

/** @throws RunError when somebody has begun to work in the folder */
export function removeGarbage({ run, removable }: Garbage): void {
  acquireLock(run.dir);
  try {
    for (const { path } of removable) rmSync(join(run.dir, path), { recursive: true, force: true });
  } finally {
    releaseLock(run.dir);
  }
}

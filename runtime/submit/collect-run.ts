import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { EVENTS_FILE } from '../events/write.ts';
import { liveOwner } from '../run/lock.ts';
import { RUNGS_FOLDER } from '../run/matrix-folder.ts';
import { CHECKPOINTS_FOLDER, openRun, RUN_FILE } from '../run/run-folder.ts';
import { HANDOFF_RUNS_FOLDER, type HandoffFolder } from './handoff-folder.ts';
import { ensureRun, type HandoffRun, isStarted, type RunPlace, runDirOf } from './handoff-runs.ts';

/**
 * `fetched` with something new · `same` as at home · `waiting` for its first start · `ahead`: at home it has gone on from
 * there, or is another run: nothing is touched.
 */
export type Collected = 'fetched' | 'same' | 'waiting' | 'ahead';

/** What belongs to the process that works in the folder. */
const LEFT_THERE = /(^|\/)(trainer|delivery)\.lock(\.\d+)?$|\.tmp$/;

/**
 * Brings one run of a hand-off into a folder of runs. It can be repeated: what has not changed is not copied, and a copy that
 * was cut off is completed. While the run is at work its checkpoints, which change under our hands, stay where they are.
 */
export function collectRun(folder: HandoffFolder, run: HandoffRun, planFile: PlanFile, home: RunPlace): Collected {
  const to = join(home.runsDir, run.place);
  if (!isStarted(folder, run)) {
    ensureRun(folder, run, planFile, home);
    return 'waiting';
  }
  const from = runDirOf(folder, run);
  if (!isEarlierPart(join(to, EVENTS_FILE), join(from, EVENTS_FILE))) return 'ahead';
  const isAtWork = liveOwner(from) !== null;
  const files = filesBelow(from).filter(
    (path) => !LEFT_THERE.test(path) && path !== RUN_FILE && !(isAtWork && path.startsWith(CHECKPOINTS_FOLDER)),
  );
  const copied = files.filter((path) => copyIfNewer(join(from, path), join(to, path)));
  if (!isAtWork) removeOthers(to, CHECKPOINTS_FOLDER, new Set(files));
  if (!existsSync(join(to, RUN_FILE))) {
    // Paths of the plan start at home where they did when it was handed off. Last: with it the folder is a run.
    const { info } = openRun(from);
    writeFileSync(join(to, RUN_FILE), `${JSON.stringify({ ...info, baseDir: home.baseDir }, null, 2)}\n`);
  }
  return copied.length > 0 ? 'fetched' : 'same';
}

/** What the runs have been compared by goes along: those that are resumed at home are compared with all. */
export function collectRungs({ dir, id }: HandoffFolder, home: RunPlace): void {
  const from = join(dir, HANDOFF_RUNS_FOLDER, id, RUNGS_FOLDER);
  if (!existsSync(from)) return;
  for (const path of filesBelow(from)) copyIfNewer(join(from, path), join(home.runsDir, id, RUNGS_FOLDER, path));
}

/** Whether a record is the beginning of another one, or not there at all. A line that is just being written counts for none. */
function isEarlierPart(earlier: string, later: string): boolean {
  if (!existsSync(earlier)) return true;
  const known = wholeLines(earlier);
  return existsSync(later) && wholeLines(later).subarray(0, known.length).equals(known);
}

function wholeLines(path: string): Buffer {
  const bytes = readFileSync(path);
  return bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
}

/** Of other places' files, paths below a folder with `/`. */
function filesBelow(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, path) : entry.isFile() ? [path] : [];
  });
}

/** Copies keep times to the microsecond. Two checkpoints in a row are of one size, and may be a second apart. */
const SAME_TIME_MS = 1;

function copyIfNewer(from: string, to: string): boolean {
  const source = statSync(from, { throwIfNoEntry: false });
  if (source === undefined) return false;
  const there = statSync(to, { throwIfNoEntry: false });
  // What is newer at home (how far MLflow has been told) stays.
  if (there !== undefined && (isSame(source, there) || there.mtimeMs > source.mtimeMs + SAME_TIME_MS)) return false;
  mkdirSync(dirname(to), { recursive: true });
  const temporary = `${to}.tmp`;
  copyFileSync(from, temporary);
  utimesSync(temporary, source.atime, source.mtime);
  renameSync(temporary, to);
  return true;
}

function isSame(a: Stats, b: Stats): boolean {
  return a.size === b.size && Math.abs(a.mtimeMs - b.mtimeMs) < SAME_TIME_MS;
}

/** Checkpoints that have been replaced since. */
function removeOthers(to: string, below: string, files: ReadonlySet<string>): void {
  if (!existsSync(join(to, below))) return;
  for (const path of filesBelow(to, below)) if (!files.has(path)) rmSync(join(to, path));
}

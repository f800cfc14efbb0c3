import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MatrixFile, matrixFileSchema } from '../../compiler/plan/matrix.ts';
import { memberPlanSchema, restoreMemberPlan } from '../../compiler/plan/member-plans.ts';
import { parsePlanFile } from '../../compiler/plan/parse.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { RunError } from '../errors.ts';
import { describeMatrix, MATRIX_FILE, memberFolderName } from '../run/matrix-folder.ts';
import { createRun, openRun, PLAN_FILE, RUN_FILE, type RunFolder, SOURCE_FILE } from '../run/run-folder.ts';
import { Journal } from '../tracking/journal.ts';
import { HANDOFF_RUNS_FOLDER, type HandoffFolder } from './handoff-folder.ts';

export const HANDOFF_PLAN_FOLDER = 'plan';
/** A line for each run of a matrix: what its plan has otherwise than the first. */
export const MEMBERS_FILE = 'members.jsonl';

/** One run of a hand-off, whether or not it has been started. */
export interface HandoffRun {
  /** From 1. */
  readonly index: number;
  readonly id: string;
  /** `learning_rate=0.001,fold=2`; empty for a run of its own. */
  readonly name: string;
  /** Below a folder of runs: `<id>` or `<id>/003`. */
  readonly place: string;
}

/** All runs of a hand-off, in their order. @throws RunError when its plan is damaged */
export function handoffRuns(folder: HandoffFolder): readonly HandoffRun[] {
  const { id, info } = folder;
  if (!info.isMatrix) return [{ index: 1, id, name: '', place: id }];
  const { members } = readHandoffMatrix(folder).matrix;
  return members.map(({ index, name }) => {
    const number = memberFolderName(index, members.length);
    return { index, id: `${id}-${number}`, name, place: join(id, number) };
  });
}

/** Those of one part: every `parts`-th run. */
export function runsOfPart(runs: readonly HandoffRun[], part: number, parts: number): readonly HandoffRun[] {
  return runs.filter(({ index }) => (index - 1) % parts === part - 1);
}

export function partOf({ index }: HandoffRun, parts: number): number {
  return ((index - 1) % parts) + 1;
}

/** Where a run of the hand-off lies, once it has been started. */
export function runDirOf({ dir }: HandoffFolder, { place }: HandoffRun): string {
  return join(dir, HANDOFF_RUNS_FOLDER, place);
}

export function isStarted(folder: HandoffFolder, run: HandoffRun): boolean {
  return existsSync(join(runDirOf(folder, run), RUN_FILE));
}

export function readHandoffMatrix({ dir }: HandoffFolder): MatrixFile {
  const path = join(dir, HANDOFF_PLAN_FOLDER, MATRIX_FILE);
  try {
    return matrixFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw damaged(path, cause);
  }
}

/** Reads plans of a hand-off by the number of the run. */
export function handoffPlans({ dir, info }: HandoffFolder): (run: HandoffRun) => PlanFile {
  const path = join(dir, HANDOFF_PLAN_FOLDER, PLAN_FILE);
  const first: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!info.isMatrix) {
    const { data, error } = parsePlanFile(first);
    if (data === undefined) throw damaged(path, error);
    return () => data;
  }
  const membersPath = join(dir, HANDOFF_PLAN_FOLDER, MEMBERS_FILE);
  const lines = readFileSync(membersPath, 'utf8').split('\n');
  return ({ index }) => {
    const line = lines[index - 1];
    const member = line === undefined || line === '' ? null : memberPlanSchema.safeParse(JSON.parse(line)).data;
    const planFile = member == null || member.index !== index ? null : restoreMemberPlan(first, member);
    if (planFile === null) throw damaged(`line ${index} of ${membersPath}`, null);
    return planFile;
  };
}

/** Where a run is to be, and where the paths of its plan start from there. */
export interface RunPlace {
  readonly runsDir: string;
  readonly baseDir: string;
}

/**
 * The folder of a run, made if it is not there: as `exp run` would have made it, with the plan and the sources of the
 * hand-off. Several jobs may do this for different runs of one matrix at once.
 */
export function ensureRun(folder: HandoffFolder, run: HandoffRun, planFile: PlanFile, where: RunPlace): RunFolder {
  const { info, id } = folder;
  const dir = join(where.runsDir, run.place);
  if (existsSync(join(dir, RUN_FILE))) return openRun(dir);
  const created = createRun({
    ...sourcesOf(folder),
    ...where,
    planFile,
    sourcePath: info.sourcePath,
    now: new Date(info.createdAt),
    place: { group: info.isMatrix ? id : null, id: run.id, dir },
  });
  if (info.provenance !== null) new Journal(dir).saveProvenance(info.provenance);
  return created;
}

/** What is common to the runs of a matrix, in its folder. Nothing for a run of its own. */
export function ensureMatrix(folder: HandoffFolder, budget: PlanFile['plan']['budget'], where: RunPlace): void {
  const { id, info } = folder;
  if (!info.isMatrix) return;
  const matrixFile = readHandoffMatrix(folder);
  const { source } = sourcesOf(folder);
  const { sourcePath, createdAt } = info;
  const now = new Date(createdAt);
  describeMatrix({
    matrixFile,
    source,
    sourcePath,
    baseDir: where.baseDir,
    id,
    dir: join(where.runsDir, id),
    now,
    budget,
  });
}

function sourcesOf({ dir, info }: HandoffFolder) {
  const read = (name: string) => readFileSync(join(dir, HANDOFF_PLAN_FOLDER, name), 'utf8');
  return {
    source: read(SOURCE_FILE),
    imports: info.imports.map(({ path, file }) => ({ path, text: read(file) })),
  };
}

function damaged(path: string, cause: unknown): RunError {
  return new RunError(`${path} is not what exp wrote there`, {
    cause,
    help: 'hand the experiment off again with `exp submit`',
  });
}

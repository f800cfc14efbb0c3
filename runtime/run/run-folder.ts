import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { parsePlanFile } from '../../compiler/plan/parse.ts';
import { budgetSchema, type PlanFile } from '../../compiler/plan/schema.ts';
import { RunError } from '../errors.ts';
import { writeWhole } from '../system/durable.ts';
import { hasErrorCode } from '../system/error-code.ts';
import { writingTo } from './folder-trouble.ts';

/**
 * `runs/<run-id>/  plan.json  source.exp  imports/  run.json  events.jsonl  log.txt  checkpoints/  predictions/`
 *
 * The plan knows no absolute path and no clock, so that it is the same on every machine; run.json holds what belongs to
 * this run on this machine.
 */

export const PLAN_FILE = 'plan.json';
export const SOURCE_FILE = 'source.exp';
/** What `source.exp` imports, where it imports anything. */
export const IMPORTS_FOLDER = 'imports';
export const RUN_FILE = 'run.json';
export const LOG_FILE = 'log.txt';
export const CHECKPOINTS_FOLDER = 'checkpoints';
export const PREDICTIONS_FOLDER = 'predictions';

export const runInfoSchema = z.object({
  version: z.literal(1),
  runId: z.string(),
  experiment: z.string(),
  profile: z.string().nullable(),
  planId: z.string(),
  /** Absolute path of the folder that relative paths of the plan (data sets) start from: where the `.exp` file lies. */
  baseDir: z.string(),
  /** The `.exp` file as the user named it. */
  sourcePath: z.string(),
  /** Each imported file by the path that origins of the plan give, and where below the run folder it is kept. */
  imports: z.array(z.object({ path: z.string(), file: z.string() })).default([]),
  /** Milliseconds since the Unix epoch. */
  createdAt: z.int(),
  /** The id of the sweep or the cross-validation that it belongs to; null for a run of its own. */
  group: z.string().nullable(),
  /** A budget given when it was resumed, in the place of the plan's: what a run may cost does not change what it is. */
  budget: budgetSchema.nullable().default(null),
  /** Ids of the plans that it had before it was resumed with another one: their checkpoints are its own. */
  formerPlans: z.array(z.string()).default([]),
});

export type RunInfo = z.infer<typeof runInfoSchema>;

export interface RunFolder {
  readonly id: string;
  /** Absolute. */
  readonly dir: string;
  readonly info: RunInfo;
}

export interface NewRun {
  readonly runsDir: string;
  readonly planFile: PlanFile;
  /** Text of the `.exp` file, and what it was called. */
  readonly source: string;
  readonly sourcePath: string;
  /** The files that it imports. */
  readonly imports?: readonly { readonly path: string; readonly text: string }[];
  readonly baseDir: string;
  readonly now?: Date;
  /** Under which id and in which folder, and of which matrix; without it, a run of its own gets both here. */
  readonly place?: { readonly group: string | null; readonly id: string; readonly dir: string };
}

/**
 * Makes the folder of a new run with everything the trainer needs.
 *
 * @throws RunError where it cannot be written
 */
export function createRun(run: NewRun): RunFolder {
  return writingTo(run.place?.dir ?? run.runsDir, () => writeRun(run));
}

function writeRun(run: NewRun): RunFolder {
  const { planFile, now = new Date() } = run;
  const { name } = planFile.plan.experiment;
  const { id, dir } = run.place ?? makeFolder(run.runsDir, name, now);
  mkdirSync(dir, { recursive: true });
  const imports = (run.imports ?? []).map(({ path, text }, index) => ({
    path,
    text,
    file: `${IMPORTS_FOLDER}/${index + 1}-${basename(path)}`,
  }));
  const info: RunInfo = {
    version: 1,
    runId: id,
    experiment: name,
    profile: planFile.plan.profile,
    planId: planFile.planId,
    baseDir: resolve(run.baseDir),
    sourcePath: run.sourcePath,
    imports: imports.map(({ path, file }) => ({ path, file })),
    createdAt: now.getTime(),
    group: run.place?.group ?? null,
    budget: null,
    formerPlans: [],
  };
  writeFileSync(join(dir, PLAN_FILE), `${JSON.stringify(planFile, null, 2)}\n`);
  writeFileSync(join(dir, SOURCE_FILE), run.source);
  if (imports.length > 0) mkdirSync(join(dir, IMPORTS_FOLDER), { recursive: true });
  for (const { file, text } of imports) writeFileSync(join(dir, file), text);
  // Last: a folder with a run.json is a whole run.
  writeFileSync(join(dir, RUN_FILE), `${JSON.stringify(info, null, 2)}\n`);
  return { id, dir, info };
}

/** Gives a run another budget than its plan's, from its next start on. */
export function setBudget({ dir, info }: RunFolder, budget: NonNullable<RunInfo['budget']>): void {
  writeWhole(join(dir, RUN_FILE), Buffer.from(`${JSON.stringify({ ...info, budget }, null, 2)}\n`));
}

/**
 * Gives a run another plan, from its next start on. The one before stays beside it as `plan.<id>.json`, and the source too.
 */
export function changePlan({ dir, info }: RunFolder, before: PlanFile, after: PlanFile, source: string): void {
  const kept = before.planId.slice(0, 8);
  writingTo(dir, () => {
    const write = (name: string, text: string) => writeWhole(join(dir, name), Buffer.from(text));
    write(formerPlanFile(before.planId), `${JSON.stringify(before, null, 2)}\n`);
    write(`source.${kept}.exp`, readFileSync(join(dir, SOURCE_FILE), 'utf8'));
    // First what makes the checkpoints its own under either plan: a kill in between changes nothing.
    const formerPlans = [...new Set([...info.formerPlans, before.planId])];
    write(RUN_FILE, `${JSON.stringify({ ...info, formerPlans }, null, 2)}\n`);
    write(SOURCE_FILE, source);
    write(PLAN_FILE, `${JSON.stringify(after, null, 2)}\n`);
  });
}

/** Where a run keeps a plan that it had before. */
export function formerPlanFile(planId: string): string {
  return `plan.${planId.slice(0, 8)}.json`;
}

/** All runs of a folder, newest first; what is no run is passed over. */
export function listRuns(runsDir: string): readonly RunFolder[] {
  if (!existsSync(runsDir)) return [];
  return readdirSync(runsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const dir = join(resolve(runsDir), entry.name);
      const info = readRunInfo(dir);
      return info === null ? [] : [{ id: info.runId, dir, info }];
    })
    .sort((a, b) => b.info.createdAt - a.info.createdAt || (a.id < b.id ? 1 : -1));
}

/** @throws RunError when the folder is no run */
export function openRun(dir: string): RunFolder {
  const info = readRunInfo(dir);
  if (info === null) throw new RunError(`${dir} is not the folder of a run`, { help: 'see the runs with `exp runs`' });
  return { id: info.runId, dir: resolve(dir), info };
}

/** @throws RunError when plan.json is missing or not a plan of this version */
export function readPlanFile(runDir: string): PlanFile {
  const path = join(runDir, PLAN_FILE);
  try {
    const { data, error } = parsePlanFile(JSON.parse(readFileSync(path, 'utf8')));
    if (error !== undefined) throw error;
    return data;
  } catch (cause) {
    throw new RunError(`${path} is not a plan that this version can run`, { cause });
  }
}

function readRunInfo(dir: string): RunInfo | null {
  try {
    return runInfoSchema.parse(JSON.parse(readFileSync(join(dir, RUN_FILE), 'utf8')));
  } catch {
    return null;
  }
}

/** `20261124-1705-quickstart-3f2a`: sorts by time, says what it is, is easy to type from the end. */
export function makeFolder(
  runsDir: string,
  experiment: string,
  now: Date,
): { readonly id: string; readonly dir: string } {
  mkdirSync(runsDir, { recursive: true });
  for (;;) {
    const id = newRunId(experiment, now);
    const dir = join(resolve(runsDir), basename(id));
    try {
      mkdirSync(dir);
      return { id, dir };
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
  }
}

/** One of 65,536 for each minute and experiment: whoever makes a folder of it looks whether there is one. */
export function newRunId(experiment: string, now: Date): string {
  return `${minuteStamp(now)}-${experiment.replace(/[^\w.-]+/g, '-')}-${randomBytes(2).toString('hex')}`;
}

function minuteStamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}`;
}

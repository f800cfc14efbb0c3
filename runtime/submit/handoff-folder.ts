import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { RunError } from '../errors.ts';
import { matching } from '../run/find-run.ts';
import { provenanceSchema } from '../tracking/provenance.ts';

/**
 * `<folder>/  handoff.json  README.md  setup.sh  env.sh  job.sh (or the like)  plan/  package/  logs/  runs/`
 *
 * What is handed to a cluster or a cloud. Its runs lie in `runs/` as `exp run` would make them, once a job has started them;
 * before that a line in `plan/` is all there is of a run.
 */

export const HANDOFF_FILE = 'handoff.json';
/** Where hand-offs go unless told otherwise, below the working folder. */
export const HANDOFFS_FOLDER = 'handoff';
export const HANDOFF_RUNS_FOLDER = 'runs';
export const HANDOFF_LOGS_FOLDER = 'logs';

const commandSchema = z.string();

export const handoffInfoSchema = z.object({
  version: z.literal(1),
  /** Also the id of the run, or of the matrix, that comes of it. */
  id: z.string(),
  target: z.string(),
  experiment: z.string(),
  profile: z.string().nullable(),
  runs: z.int().positive(),
  /** Jobs that the runs are dealt out to: run `i` belongs to part `(i − 1) mod parts + 1`. */
  parts: z.int().positive(),
  isMatrix: z.boolean(),
  /** What the hand-off was made from: the folder of the `.exp` file on that machine, and the file as the user named it. */
  baseDir: z.string(),
  sourcePath: z.string(),
  /** Each imported file by the path that origins give, and where below `plan/` it is kept. */
  imports: z.array(z.object({ path: z.string(), file: z.string() })),
  /** Milliseconds since the Unix epoch. */
  createdAt: z.int(),
  /** What was true of code and person then; the machine that trains knows neither. */
  provenance: provenanceSchema.nullable(),
  /** For targets that exp does not follow itself. */
  commands: z.object({ status: commandSchema, logs: commandSchema, fetch: commandSchema.nullable() }),
});

export type HandoffInfo = z.infer<typeof handoffInfoSchema>;

export interface HandoffFolder {
  readonly id: string;
  /** Absolute. */
  readonly dir: string;
  readonly info: HandoffInfo;
}

/** Null when the folder holds no hand-off, or one of another version. */
export function openHandoff(dir: string): HandoffFolder | null {
  try {
    const info = handoffInfoSchema.parse(JSON.parse(readFileSync(join(dir, HANDOFF_FILE), 'utf8')));
    return { id: info.id, dir: resolve(dir), info };
  } catch {
    return null;
  }
}

/** Those of the working folder, newest first; also from within the folder of hand-offs, and from within one of them. */
export function listHandoffs(cwd: string): readonly HandoffFolder[] {
  const outside = openHandoff(cwd) === null ? cwd : dirname(resolve(cwd));
  const parent = basename(resolve(outside)) === HANDOFFS_FOLDER ? outside : resolve(outside, HANDOFFS_FOLDER);
  const all = existsSync(parent) ? readdirSync(parent).flatMap((entry) => openHandoff(join(parent, entry)) ?? []) : [];
  return all.sort((a, b) => b.info.createdAt - a.info.createdAt);
}

/**
 * What a user means: a folder, or the beginning or the end of the id of one that lies in `handoff/`.
 *
 * @throws RunError when none fits, or more than one
 */
export function findHandoff(cwd: string, name: string): HandoffFolder {
  const direct = openHandoff(resolve(cwd, name));
  if (direct !== null) return direct;
  const newest = listHandoffs(cwd);
  const found = name === 'latest' ? newest[0] : matching(newest, name);
  if (found != null) return found;
  throw new RunError(`there is no hand-off ${name}`, {
    help: `name its folder, the one with ${HANDOFF_FILE}, or the id of one in ${HANDOFFS_FOLDER}/`,
  });
}

import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { MatrixFile } from '../../compiler/plan/matrix.ts';
import type { MemberPlan } from '../../compiler/plan/member-plans.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { RunError } from '../errors.ts';
import { MATRIX_FILE } from '../run/matrix-folder.ts';
import { IMPORTS_FOLDER, PLAN_FILE, SOURCE_FILE } from '../run/run-folder.ts';
import { HANDOFF_FILE, HANDOFF_LOGS_FOLDER, type HandoffFolder, type HandoffInfo } from './handoff-folder.ts';
import { HANDOFF_PLAN_FOLDER, MEMBERS_FILE } from './handoff-runs.ts';

export interface NewHandoff {
  readonly dir: string;
  readonly info: Omit<HandoffInfo, 'imports'>;
  /** Of the one run, or of the first of a matrix. */
  readonly planFile: PlanFile;
  /** Null for a run of its own. Members are asked for one after another and not kept. */
  readonly matrix: { readonly file: MatrixFile; readonly members: Iterable<MemberPlan> } | null;
  readonly source: string;
  readonly imports: readonly { readonly path: string; readonly text: string }[];
  /** Scripts and the like, by their place below the folder. */
  readonly files: readonly { readonly path: string; readonly text: string; readonly executable?: true }[];
}

/** @throws RunError unless the folder is empty or not there */
export function assertFree(dir: string): void {
  if (existsSync(dir) && readdirSync(dir).length > 0)
    throw new RunError(`${dir} is not empty`, { help: 'name another folder with -o, or remove this one' });
}

/** Writes the folder, but for the package; `handoff.json` comes last. */
export function writeHandoff(handoff: NewHandoff): HandoffFolder {
  const { dir, planFile, matrix, source, files } = handoff;
  const plan = join(dir, HANDOFF_PLAN_FOLDER);
  // SLURM writes into `logs`, and fails without a word where it is missing.
  for (const folder of [plan, join(dir, HANDOFF_LOGS_FOLDER)]) mkdirSync(folder, { recursive: true });
  const imports = handoff.imports.map(({ path, text }, index) => ({
    path,
    text,
    file: `${IMPORTS_FOLDER}/${index + 1}-${basename(path)}`,
  }));
  writeFileSync(join(plan, PLAN_FILE), `${JSON.stringify(planFile, null, 2)}\n`);
  writeFileSync(join(plan, SOURCE_FILE), source);
  if (imports.length > 0) mkdirSync(join(plan, IMPORTS_FOLDER));
  for (const { file, text } of imports) writeFileSync(join(plan, file), text);
  if (matrix !== null) {
    writeFileSync(join(plan, MATRIX_FILE), `${JSON.stringify(matrix.file, null, 2)}\n`);
    writeLines(join(plan, MEMBERS_FILE), matrix.members);
  }
  for (const { path, text, executable } of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
    if (executable) chmodSync(join(dir, path), 0o755);
  }
  const info: HandoffInfo = { ...handoff.info, imports: imports.map(({ path, file }) => ({ path, file })) };
  writeFileSync(join(dir, HANDOFF_FILE), `${JSON.stringify(info, null, 2)}\n`);
  return { id: info.id, dir, info };
}

const CHUNK_CHARACTERS = 256 * 1024;

/** Line by line in constant memory, however many there are. */
function writeLines(path: string, values: Iterable<unknown>): void {
  const file = openSync(path, 'w');
  try {
    let chunk = '';
    for (const value of values) {
      chunk += `${JSON.stringify(value)}\n`;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      writeSync(file, chunk);
      chunk = '';
    }
    writeSync(file, chunk);
  } finally {
    closeSync(file);
  }
}

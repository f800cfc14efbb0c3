import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { type MatrixFile, type MatrixMember, matrixFileSchema } from '../../compiler/plan/matrix.ts';
import { type Budget, budgetSchema, type PlanFile } from '../../compiler/plan/schema.ts';
import { RunError } from '../errors.ts';
import { writeWhole } from '../system/durable.ts';
import { createRun, makeFolder, type NewRun, openRun, type RunFolder, SOURCE_FILE, setBudget } from './run-folder.ts';

/**
 * `runs/<id>/  matrix.json  matrix-run.json  source.exp  001/  002/  …  rungs/  mlflow/`
 *
 * The runs of a sweep or of folds, each in an ordinary run folder with the id `<id>-001`. matrix.json is the same on every
 * machine; matrix-run.json holds what belongs to this one. What has been done stands in the runs' own records only.
 */

export const MATRIX_FILE = 'matrix.json';
export const MATRIX_RUN_FILE = 'matrix-run.json';
/** What runs of a sweep with halving have reached where they are compared. */
export const RUNGS_FOLDER = 'rungs';

export const matrixInfoSchema = z.object({
  version: z.literal(1),
  matrixRunId: z.string(),
  matrixId: z.string(),
  experiment: z.string(),
  profile: z.string().nullable(),
  baseDir: z.string(),
  /** The `.exp` file as the user named it. */
  sourcePath: z.string(),
  /** Milliseconds since the Unix epoch. */
  createdAt: z.int(),
  /** What all runs together may take; a larger one may be given when they are resumed. */
  budget: budgetSchema.nullable(),
});

export type MatrixInfo = z.infer<typeof matrixInfoSchema>;

export interface MatrixFolder {
  readonly id: string;
  /** Absolute. */
  readonly dir: string;
  readonly info: MatrixInfo;
}

export interface MemberFolder {
  readonly member: MatrixMember;
  readonly run: RunFolder;
}

export type NewMatrix = Omit<NewRun, 'planFile' | 'place'> & {
  readonly matrixFile: MatrixFile;
  /** In the order of the members. */
  readonly planFiles: readonly PlanFile[];
};

/** Makes the folder of a matrix with the folders of all its runs. */
export function createMatrix(matrix: NewMatrix): MatrixFolder {
  const { matrixFile, planFiles, now = new Date() } = matrix;
  const { members } = matrixFile.matrix;
  const { id, dir } = makeFolder(matrix.runsDir, matrixFile.matrix.experiment, now);
  for (const [position, planFile] of planFiles.entries()) {
    const name = memberFolderName(position + 1, members.length);
    createRun({ ...matrix, planFile, now, place: { group: id, id: `${id}-${name}`, dir: join(dir, name) } });
  }
  return describeMatrix({ ...matrix, now, id, dir, budget: planFiles[0]?.plan.budget ?? null });
}

/** Says of a folder which matrix it holds; several may say so at once. The runs' own folders are made by who makes them. */
export function describeMatrix(
  matrix: Omit<NewMatrix, 'runsDir' | 'planFiles'> & {
    readonly id: string;
    readonly dir: string;
    readonly now: Date;
    readonly budget: Budget | null;
  },
): MatrixFolder {
  const { id, dir, matrixFile } = matrix;
  const { experiment, profile } = matrixFile.matrix;
  const info: MatrixInfo = {
    version: 1,
    matrixRunId: id,
    matrixId: matrixFile.matrixId,
    experiment,
    profile,
    baseDir: resolve(matrix.baseDir),
    sourcePath: matrix.sourcePath,
    createdAt: matrix.now.getTime(),
    budget: matrix.budget,
  };
  writeWhole(join(dir, SOURCE_FILE), Buffer.from(matrix.source));
  writeWhole(join(dir, MATRIX_FILE), Buffer.from(`${JSON.stringify(matrixFile, null, 2)}\n`));
  // Last: a folder with a matrix-run.json is a whole matrix.
  writeWhole(join(dir, MATRIX_RUN_FILE), Buffer.from(`${JSON.stringify(info, null, 2)}\n`));
  return { id, dir, info };
}

/** Null when the folder is no matrix. */
export function openMatrix(dir: string): MatrixFolder | null {
  try {
    const info = matrixInfoSchema.parse(JSON.parse(readFileSync(join(dir, MATRIX_RUN_FILE), 'utf8')));
    return { id: info.matrixRunId, dir: resolve(dir), info };
  } catch {
    return null;
  }
}

/** All matrices of a folder, newest first. */
export function listMatrices(runsDir: string): readonly MatrixFolder[] {
  if (!existsSync(runsDir)) return [];
  return readdirSync(runsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => openMatrix(join(runsDir, entry.name)) ?? [])
    .sort((a, b) => b.info.createdAt - a.info.createdAt || (a.id < b.id ? 1 : -1));
}

/** @throws RunError when matrix.json is missing or not a matrix of this version */
export function readMatrixFile({ dir }: MatrixFolder): MatrixFile {
  const path = join(dir, MATRIX_FILE);
  try {
    return matrixFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new RunError(`${path} is not a matrix that this version knows`, { cause });
  }
}

/** The runs of a matrix in their order. @throws RunError when one of their folders is gone */
export function memberFolders(folder: MatrixFolder): readonly MemberFolder[] {
  const { members } = readMatrixFile(folder).matrix;
  return members.map((member) => ({
    member,
    run: openRun(join(folder.dir, memberFolderName(member.index, members.length))),
  }));
}

/** The same where one damaged matrix must not hide the others: none of its runs. */
export function knownMembers(folder: MatrixFolder): readonly MemberFolder[] {
  try {
    return memberFolders(folder);
  } catch {
    return [];
  }
}

/** Gives a matrix, and each of its runs, another budget than its plans', from the next start on. */
export function setMatrixBudget({ dir, info }: MatrixFolder, budget: Budget): void {
  writeWhole(join(dir, MATRIX_RUN_FILE), Buffer.from(`${JSON.stringify({ ...info, budget }, null, 2)}\n`));
  for (const { run } of memberFolders({ dir, info, id: info.matrixRunId })) setBudget(run, budget);
}

/** `003`: as many digits as the last one has, so that they sort. */
export function memberFolderName(index: number, count: number): string {
  return String(index).padStart(Math.max(3, String(count).length), '0');
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateName } from '../../compiler/graph/optimizers/optimizer.ts';
import type { WeightSpec } from '../../compiler/graph/types.ts';
import type { PlanModel } from '../../compiler/plan/schema.ts';
import { CheckpointError } from '../errors.ts';
import { folderGone, folderIn, writeTrouble } from '../run/folder-trouble.ts';
import { CHECKPOINTS_FOLDER } from '../run/run-folder.ts';
import { type FolderFile, previousOf, replaceFolder } from './atomic.ts';
import { bytesOf, decodeSafetensors, encodeSafetensors, type SafeTensor } from './safetensors.ts';
import { type CheckpointState, checkpointStateSchema, type Progress } from './state.ts';
import { monaiExtras, tensorsToVector, vectorToTensors } from './state-dict.ts';

/**
 * `checkpoints/last/` and `checkpoints/best/`, each with the one before it as `….previous/`:
 *
 *     weights.safetensors     parameters and buffers under MONAI's names and layouts; where the plan keeps a moving
 *                             average of the weights, the average
 *     optimizer.safetensors   what training goes on with (`last` only): the optimizer's state under torch's names,
 *                             `exp_avg.<name>`, and beside an average the trained weights, `trained.<name>`
 *     state.json              progress and checksums; the completion marker
 */

export type CheckpointKind = 'last' | 'best';

export const WEIGHTS_FILE = 'weights.safetensors';
const OPTIMIZER_FILE = 'optimizer.safetensors';
const STATE_FILE = 'state.json';

/** Vectors that only training needs, named as in the file. */
export type StateVectors = { readonly [N in StateName | 'trained']?: Float32Array };

const STATE_VECTORS: readonly (keyof StateVectors)[] = ['exp_avg', 'exp_avg_sq', 'momentum_buffer', 'trained'];

/** What identifies a checkpoint's plan and lays its tensors out. */
export interface CheckpointContext {
  readonly runDir: string;
  readonly planId: string;
  /** Plans that the run had before: their checkpoints are as good. */
  readonly formerPlans: readonly string[];
  readonly seed: number;
  readonly model: PlanModel;
  readonly weights: readonly WeightSpec[];
}

/** Flat vectors in the graph's layout. */
export interface TrainedVectors {
  readonly weights: Float32Array;
  readonly state: StateVectors | null;
}

export interface LoadedCheckpoint extends TrainedVectors {
  readonly progress: Progress;
  readonly weightsHash: string;
  /** The damaged checkpoint that this older one stands in for; null when it is the newest. */
  readonly insteadOf: { readonly path: string; readonly reason: string } | null;
}

/** Relative to the run folder. */
export function checkpointPath(kind: CheckpointKind): string {
  return join(CHECKPOINTS_FOLDER, kind);
}

/**
 * Writes a checkpoint so that a kill at any moment leaves it or the one before.
 *
 * @throws CheckpointError when the disk does not take it; the one before is then still there
 * @throws RunError when the run folder is gone
 */
export function saveCheckpoint(
  context: CheckpointContext,
  kind: CheckpointKind,
  vectors: TrainedVectors,
  progress: Progress,
): { readonly path: string; readonly weightsHash: string } {
  const folder = join(context.runDir, checkpointPath(kind));
  const parameters = vectorToTensors(context.weights, vectors.weights);
  const weightsHash = hashOf([...parameters.values()].map(({ data }) => bytesOf(data)));
  const files: FolderFile[] = [
    tensorFile(WEIGHTS_FILE, new Map([...parameters, ...monaiExtras(context.model, parameters)])),
  ];
  if (vectors.state !== null) {
    const tensors = Object.entries(vectors.state).flatMap(([name, vector]) => [
      ...vectorToTensors(context.weights, vector, `${name}.`),
    ]);
    files.push(tensorFile(OPTIMIZER_FILE, new Map(tensors)));
  }
  const state: CheckpointState = {
    version: 1,
    planId: context.planId,
    seed: context.seed,
    weightsHash,
    progress,
    files: Object.fromEntries(
      files.map(({ name, pieces }) => [
        name,
        { bytes: pieces.reduce((total, piece) => total + piece.length, 0), sha256: hashOf(pieces) },
      ]),
    ),
  };
  files.push({ name: STATE_FILE, pieces: [Buffer.from(`${JSON.stringify(state, null, 2)}\n`)] });
  try {
    folderIn(context.runDir, CHECKPOINTS_FOLDER);
    replaceFolder(folder, files);
  } catch (cause) {
    if (!existsSync(context.runDir)) throw folderGone(context.runDir);
    const trouble = writeTrouble(folder, cause);
    const reason = trouble?.message ?? (cause instanceof Error ? cause.message : String(cause));
    const before = existsSync(folder) || existsSync(previousOf(folder)) ? ', and the one before is kept' : '';
    throw new CheckpointError(folder, `the checkpoint is not saved${before}: ${reason}`, {
      help: trouble?.help ?? 'look at the disk, then continue from the checkpoint before with `exp resume`',
      cause,
    });
  }
  return { path: checkpointPath(kind), weightsHash };
}

/**
 * The newest checkpoint that verifies: every file has the length and the checksum that state.json gives.
 *
 * @returns null when there is none at all
 * @throws CheckpointError when there is one, but none that is whole, or it belongs to another plan
 */
export function loadCheckpoint(context: CheckpointContext, kind: CheckpointKind): LoadedCheckpoint | null {
  const newest = join(context.runDir, checkpointPath(kind));
  let damaged: LoadedCheckpoint['insteadOf'] = null;
  for (const folder of [newest, previousOf(newest)]) {
    if (!existsSync(folder)) continue;
    const files = readVerified(folder);
    if (typeof files === 'string') {
      damaged ??= { path: folder, reason: files };
      continue;
    }
    if (![context.planId, ...context.formerPlans].includes(files.state.planId))
      throw new CheckpointError(folder, `${folder} belongs to another plan (${files.state.planId.slice(0, 12)})`, {
        help: 'resume a run with the plan that it was started with, or start a new run',
      });
    return { ...vectorsOf(context, folder, files.tensors), ...pickState(files.state), insteadOf: damaged };
  }
  if (damaged === null) return null;
  throw new CheckpointError(damaged.path, `${damaged.path} is damaged: ${damaged.reason}`, {
    help: 'no older checkpoint is left to fall back to: start the run again',
  });
}

interface VerifiedFiles {
  readonly state: CheckpointState;
  readonly tensors: ReadonlyMap<string, ReadonlyMap<string, SafeTensor>>;
}

/** A folder's files, or what is wrong with them. */
function readVerified(folder: string): VerifiedFiles | string {
  try {
    const state = checkpointStateSchema.parse(JSON.parse(readFileSync(join(folder, STATE_FILE), 'utf8')));
    const tensors = new Map<string, ReadonlyMap<string, SafeTensor>>();
    for (const [name, expected] of Object.entries(state.files)) {
      const bytes = readFileSync(join(folder, name));
      if (bytes.length !== expected.bytes) return `${name} has ${bytes.length} bytes instead of ${expected.bytes}`;
      if (hashOf([bytes]) !== expected.sha256) return `the checksum of ${name} does not match`;
      tensors.set(name, decodeSafetensors(bytes).tensors);
    }
    return { state, tensors };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function vectorsOf(context: CheckpointContext, folder: string, files: VerifiedFiles['tensors']): TrainedVectors {
  const [weights, state] = [files.get(WEIGHTS_FILE), files.get(OPTIMIZER_FILE)];
  if (weights === undefined) throw new CheckpointError(folder, `${folder} holds no weights`);
  return {
    weights: tensorsToVector(context.weights, weights),
    state: state === undefined ? null : stateOf(context, state),
  };
}

function stateOf({ weights }: CheckpointContext, tensors: ReadonlyMap<string, SafeTensor>): StateVectors {
  const names = [...tensors.keys()];
  return Object.fromEntries(
    STATE_VECTORS.filter((vector) => names.some((name) => name.startsWith(`${vector}.`))).map((vector) => [
      vector,
      tensorsToVector(weights, tensors, `${vector}.`),
    ]),
  );
}

function pickState({ progress, weightsHash }: CheckpointState): Pick<LoadedCheckpoint, 'progress' | 'weightsHash'> {
  return { progress, weightsHash };
}

function tensorFile(name: string, tensors: ReadonlyMap<string, SafeTensor>): FolderFile {
  return { name, pieces: encodeSafetensors({ tensors, metadata: { format: 'pt' } }) };
}

function hashOf(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Plan } from '../../compiler/plan/schema.ts';
import type { FolderFile } from '../checkpoints/atomic.ts';
import { classNames } from '../data/class-names.ts';
import { isFile, isFolder } from '../data/layouts/folders.ts';
import { WeightsError } from '../errors.ts';
import { PREDICTIONS_FOLDER } from '../run/run-folder.ts';
import { syncFolder, temporaryPath, writeDurably, writeWhole } from '../system/durable.ts';
import { MODEL_FILE, SHARD_BYTES } from './export/tfjs/model.ts';
import type { ExportFormat } from './export-formats.ts';
import { exportWeights, holdsNetwork } from './export-weights.ts';
import type { OpenWeights } from './open-weights.ts';

export interface ExportRequest {
  readonly format: ExportFormat;
  /** Sides of the images that the network takes; null: of the plan's windows. */
  readonly size: Plan['patch'] | null;
  /** For tfjs; null: 4 MiB. */
  readonly shardBytes: number | null;
}

export interface ExportReport {
  readonly format: ExportFormat;
  /** The checkpoint or file that the weights came from. */
  readonly source: string;
  /** The file that was written, or the folder. */
  readonly output: string;
  readonly bytes: number;
  /** In a folder; the one file otherwise. */
  readonly files: readonly string[];
  /** Null where the weights went alone. */
  readonly size: Plan['patch'] | null;
}

/**
 * Writes an export, which is whole or not there.
 *
 * @throws WeightsError when something else stands in its place, the network does not take images of that size, or the
 * format does not hold that much
 */
export function exportTo(path: string, weights: OpenWeights, request: ExportRequest): ExportReport {
  const { format, shardBytes } = request;
  const { plan } = weights;
  const size = request.size ?? plan.inference.roiSize ?? plan.patch;
  const settings = { size, classes: classesOf(weights), shardBytes: shardBytes ?? SHARD_BYTES };
  requireRoom(path, format);
  const exported = exportWeights(weights, format, settings);
  const files = exported.kind === 'file' ? [{ name: basename(path), pieces: exported.pieces }] : exported.files;
  if (exported.kind === 'file') writeWhole(path, ...exported.pieces);
  else replaceModel(path, exported.files);
  return {
    format,
    source: weights.path,
    output: path,
    bytes: files.flatMap(({ pieces }) => pieces).reduce((total, piece) => total + piece.length, 0),
    files: files.map(({ name }) => name),
    size: holdsNetwork(format) ? size : null,
  };
}

/** Names from the data set that it was trained on, or else from what the run predicted. */
function classesOf({ run, plan }: OpenWeights): readonly string[] {
  const { source } = plan.dataset;
  const own = run === null || source.layout === 'phantom' ? null : join(run.info.baseDir, source.root);
  const roots = [own, run === null ? null : join(run.dir, PREDICTIONS_FOLDER)];
  const named = roots.map((root) => classNames(root, plan.dataset, plan.model.outChannels));
  const unnamed = classNames(null, plan.dataset, plan.model.outChannels);
  return named.find((names) => names.some((name, index) => name !== unnamed[index])) ?? unnamed;
}

/** An export takes the place of an earlier one, and of nothing else. */
function requireRoom(path: string, format: ExportFormat): void {
  if (format !== 'tfjs') {
    if (!isFolder(path)) return;
    throw new WeightsError(path, `${path} is a folder, and ${format} is one file`, {
      help: `give a file: -o ${join(path, `model.${format}`)}`,
    });
  }
  if (isFile(path)) {
    throw new WeightsError(path, `${path} is a file, and a tfjs model is a folder`, { help: 'give a folder with -o' });
  }
  if (!isFolder(path) || isFile(join(path, MODEL_FILE)) || readdirSync(path).length === 0) return;
  throw new WeightsError(path, `${path} is a folder of something else`, {
    help: 'give one that is empty, does not exist, or holds the tfjs model to be replaced',
  });
}

/** Writes beside the folder, then changes the two: a reader finds the old model or the new one. */
function replaceModel(path: string, files: readonly FolderFile[]): void {
  const parent = dirname(path);
  mkdirSync(parent, { recursive: true });
  const [fresh, old] = [temporaryPath(path, process.pid), `${temporaryPath(path, process.pid)}.old`];
  rmSync(fresh, { recursive: true, force: true });
  try {
    mkdirSync(fresh);
    for (const { name, pieces } of files) writeDurably(join(fresh, name), pieces, 'wx');
    syncFolder(fresh);
    if (isFolder(path)) renameSync(path, old);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
  syncFolder(parent);
}

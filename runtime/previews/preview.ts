import { existsSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { affineFrom, at } from '../data/affine.ts';
import { channelsOf } from '../data/channels.ts';
import { encodePlainNifti } from '../data/nifti/write.ts';
import type { Affine, LabelVolume, PreparedCase, Vec3 } from '../data/types.ts';
import { greyOf, intensityWindow, type Window } from '../overview/intensity-window.ts';
import { folderIn } from '../run/folder-trouble.ts';
import { temporaryPath } from '../system/durable.ts';

/**
 * `previews/<case>_{image,truth,prediction}.nii.gz`: what a screen shows of the latest validation, on the grid that the
 * model sees. Small on purpose: grey values of one byte, at most so many voxels an axis, the first cases only; every
 * validation writes the predictions anew. Whole or not there, but not made to survive a power cut: they are looked at only.
 */

export const PREVIEWS_FOLDER = 'previews';

/** Cases: at 2 MB each, the folder stays below some 35 MB. */
export const MOST_PREVIEWS = 16;
/** Voxels along an axis; more are passed over, every second, third … */
const MOST_VOXELS = 128;

export const PREVIEW_PARTS = ['image', 'truth', 'prediction'] as const;
export type PreviewPart = (typeof PREVIEW_PARTS)[number];

export function previewPath(runDir: string, caseId: string, part: PreviewPart): string {
  return join(runDir, PREVIEWS_FOLDER, `${caseId}_${part}.nii.gz`);
}

/** The cases that a run folder has previews of, in the order of their names, and when each was written. */
export function listPreviews(runDir: string): readonly { readonly caseId: string; readonly writtenAt: number }[] {
  const folder = join(runDir, PREVIEWS_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => /^(.+)_prediction\.nii\.gz$/.exec(name)?.[1] ?? [])
    .sort()
    .map((caseId) => ({ caseId, writtenAt: statSync(previewPath(runDir, caseId, 'prediction')).mtimeMs }));
}

/** Writes previews of the cases of one attempt: image and truth once, since they stay as they are. */
export class PreviewWriter {
  readonly #runDir: string;
  readonly #written = new Set<string>();

  constructor(runDir: string) {
    this.#runDir = runDir;
  }

  /** @param predicted class indices on the case's grid */
  write({ id, image, label }: PreparedCase, predicted: Uint8Array): void {
    const isFirst = !this.#written.has(id);
    if (isFirst && this.#written.size >= MOST_PREVIEWS) return;
    const grid = thinnedGrid(image.shape, image.affine);
    if (isFirst) {
      this.#written.add(id);
      // Of several channels the first.
      const [shown = image.data] = channelsOf(image);
      this.#save(id, 'image', grid, greyVoxels(shown, image.shape, grid, intensityWindow(shown)));
      this.#save(id, 'truth', grid, thinned(label.data, image.shape, grid));
    }
    this.#save(id, 'prediction', grid, thinned(predicted, image.shape, grid));
  }

  #save(caseId: string, part: PreviewPart, { shape, affine }: ThinnedGrid, data: Uint8Array): void {
    const path = previewPath(this.#runDir, caseId, part);
    const volume: LabelVolume = { shape, affine, data };
    folderIn(this.#runDir, PREVIEWS_FOLDER);
    const temporary = temporaryPath(path, process.pid);
    writeFileSync(temporary, gzipSync(encodePlainNifti(volume), { level: 1 }));
    renameSync(temporary, path);
  }
}

interface ThinnedGrid {
  readonly shape: Vec3;
  readonly affine: Affine;
  /** Every so many voxels along each axis, the first one in the middle of them. */
  readonly steps: Vec3;
  readonly first: Vec3;
}

function thinnedGrid(shape: Vec3, affine: Affine): ThinnedGrid {
  const each = (value: (axis: 0 | 1 | 2) => number): Vec3 => [value(0), value(1), value(2)];
  const steps = each((axis) => Math.ceil(shape[axis] / MOST_VOXELS));
  const first = each((axis) => Math.floor((steps[axis] - 1) / 2));
  const count = each((axis) => Math.ceil((shape[axis] - first[axis]) / steps[axis]));
  const thinnedAffine = affineFrom((row, column) => {
    if (row === 3) return column === 3 ? 1 : 0;
    if (column < 3) return at(affine, row, column) * (steps[column] ?? 1);
    return first.reduce((origin, index, axis) => origin + at(affine, row, axis) * index, at(affine, row, 3));
  });
  return { shape: count, affine: thinnedAffine, steps, first };
}

function thinned(data: Uint8Array, shape: Vec3, grid: ThinnedGrid): Uint8Array {
  const out = new Uint8Array(grid.shape[0] * grid.shape[1] * grid.shape[2]);
  visit(shape, grid, (target, source) => {
    out[target] = data[source] ?? 0;
  });
  return out;
}

/** Of an image whose air is exactly 0 (it was masked before it was normalised), 0 is black, whatever lies below it. */
const MASKED_SHARE = 0.05;

function greyVoxels(data: Float32Array, shape: Vec3, grid: ThinnedGrid, window: Window): Uint8Array {
  const out = new Uint8Array(grid.shape[0] * grid.shape[1] * grid.shape[2]);
  const zeros: number[] = [];
  visit(shape, grid, (target, source) => {
    const value = data[source] ?? 0;
    if (value === 0) zeros.push(target);
    out[target] = greyOf(value, window);
  });
  if (zeros.length > MASKED_SHARE * out.length) for (const target of zeros) out[target] = 0;
  return out;
}

function visit(
  [, ny, nz]: Vec3,
  { shape, steps, first }: ThinnedGrid,
  take: (target: number, source: number) => void,
): void {
  let target = 0;
  for (let x = 0; x < shape[0]; x++)
    for (let y = 0; y < shape[1]; y++) {
      const row = ((first[0] + x * steps[0]) * ny + first[1] + y * steps[1]) * nz + first[2];
      for (let z = 0; z < shape[2]; z++) take(target++, row + z * steps[2]);
    }
}

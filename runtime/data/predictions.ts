import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { invert, multiply } from './affine.ts';
import { readHeader } from './nifti/read.ts';
import { writeNifti } from './nifti/write.ts';
import { resampleNearest } from './transforms/resample.ts';
import type { CaseFiles, LabelVolume, PreparedCase } from './types.ts';

/** Predictions as a BIDS derivative, on the grid of the image that they belong to. */

export interface PredictionOptions {
  /** The case as the model saw it. */
  readonly prepared: PreparedCase;
  /** Class indices on the prepared grid, x slowest. */
  readonly labels: Uint8Array;
  readonly files: CaseFiles;
  /** The derivative's folder; made, with its dataset_description.json, where it does not exist. */
  readonly outDir: string;
  /** Goes into the file name as `desc-<name>`; characters that BIDS does not allow there are left out. */
  readonly name: string;
}

/**
 * Takes labels back from the prepared grid to the source image's own grid: each voxel of the source gets the label of the
 * nearest prepared voxel. Undoes orientation and spacing at once; for orientation alone it is exact.
 */
export function toSourceGrid(prepared: PreparedCase, labels: Uint8Array, files: CaseFiles): LabelVolume {
  const { shape, affine } = readHeader(files.image);
  const map = multiply(invert(prepared.image.affine), affine);
  return { shape, affine, data: resampleNearest(labels, prepared.image.shape, shape, map) };
}

/**
 * Writes `sub-x/[ses-y/]anat/sub-x_…_desc-<name>_dseg.nii.gz` with the source image's shape and affine.
 *
 * @returns the path of the file
 * @throws DataError EXP4102 when the source image can no longer be read
 */
export function writePrediction({ prepared, labels, files, outDir, name }: PredictionOptions): string {
  mkdirSync(outDir, { recursive: true });
  describe(outDir, name);
  const entities = bidsEntities(files.id);
  const session = /(?:^|_)(ses-[a-zA-Z0-9]+)/.exec(entities)?.[1];
  const subject = entities.split('_')[0] ?? entities;
  const folder = join(outDir, subject, ...(session === undefined ? [] : [session]), 'anat');
  const path = join(folder, `${entities}_desc-${alphanumeric(name)}_dseg.nii.gz`);
  writeNifti(path, toSourceGrid(prepared, labels, files));
  return path;
}

function alphanumeric(text: string): string {
  return text.replace(/[^a-zA-Z0-9]/g, '');
}

/** `sub-003_ses-01` stays; a decathlon id such as `hippocampus_015` becomes `sub-hippocampus015`. */
function bidsEntities(id: string): string {
  return /^sub-[a-zA-Z0-9]+(_[a-zA-Z]+-[a-zA-Z0-9+]+)*$/.test(id) ? id : `sub-${alphanumeric(id)}`;
}

function describe(outDir: string, name: string): void {
  const content = {
    Name: `Predicted segmentations (${name})`,
    BIDSVersion: '1.9.0',
    DatasetType: 'derivative',
    GeneratedBy: [{ Name: 'exp', Description: 'Segmentations predicted by a trained network' }],
  };
  const path = join(outDir, 'dataset_description.json');
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(temporary, path);
}

import type { PlanDataset } from '../../compiler/plan/schema.ts';
import { DataError } from '../errors.ts';
import { applyTo, voxelSizes } from './affine.ts';
import { readLabelVolume, readVolume } from './nifti/read.ts';
import { foregroundOffsets, mergeForeground } from './transforms/foreground.ts';
import { normalizeIntensity, replaceNonFinite } from './transforms/intensity.ts';
import { reorient } from './transforms/orientation.ts';
import { respace, respaceLabels } from './transforms/spacing.ts';
import type { Affine, CaseFiles, LabelVolume, PreparedCase, Vec3, Volume } from './types.ts';

/** What of a plan decides how a case is prepared. */
export interface PrepareSettings {
  readonly orientation: PlanDataset['orientation'];
  readonly spacing: PlanDataset['spacing'];
  readonly intensity: PlanDataset['intensity'];
  readonly foreground: PlanDataset['foreground'];
  /** Classes of the model, background included; null does not check the labels. */
  readonly classes: number | null;
}

/** A prepared case in shared memory, with what sampling needs to know of it. Workers hand it over without a copy. */
export interface SharedCase extends PreparedCase {
  /** Offsets of all foreground voxels, ascending. */
  readonly foreground: Int32Array;
}

/** Bytes that a case holds in memory. */
export function caseBytes({ image, label, foreground }: SharedCase): number {
  return image.data.byteLength + label.data.byteLength + foreground.byteLength;
}

/**
 * Reads a case and brings it to the plan's orientation, spacing, intensity and classes, in this order: intensities are
 * normalised after resampling, as in MONAI's bundles.
 *
 * @throws DataError EXP4102 for an unreadable file, EXP4103 for a label that does not fit the image or the model
 */
export function prepareCase(files: CaseFiles, settings: PrepareSettings): SharedCase {
  const source = readVolume(files.image);
  const sourceLabel = readLabelVolume(files.label);
  requireSameGrid(files, source, sourceLabel);
  // The resampling of one NaN spoils its neighbours, so they go first.
  if (replaceNonFinite(source.data).replaced === source.data.length) {
    throw new DataError('EXP4102', files.image, `${files.image} holds no finite number`);
  }

  const { orientation, spacing } = settings;
  const turned = orientation === null ? source : reorient(source, orientation);
  const turnedLabel = orientation === null ? sourceLabel : reorient(sourceLabel, orientation);
  const image = spacing === null ? turned : respace(turned, spacing);
  const label = spacing === null ? turnedLabel : respaceLabels(turnedLabel, spacing);
  const classes = mergeForeground(label.data, settings.foreground);
  requireClasses(files, classes, settings.classes);
  return {
    id: files.id,
    image: { ...image, data: sharedFloats(normalizeIntensity(image.data, settings.intensity)) },
    label: { ...label, data: sharedBytes(classes) },
    foreground: foregroundOffsets(classes),
  };
}

function sharedFloats(data: Float32Array): Float32Array {
  const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
  shared.set(data);
  return shared;
}

function sharedBytes(data: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(data.byteLength));
  shared.set(data);
  return shared;
}

/** How far corners of image and label may lie apart, as a part of a voxel: headers are rounded to float32. */
const GRID_TOLERANCE = 0.1;

function requireSameGrid(files: CaseFiles, image: Volume, label: LabelVolume): void {
  const mismatch = (problem: string) =>
    new DataError('EXP4103', files.label, `label and image of ${files.id} disagree: ${problem}`, {
      help: 'labels must be drawn on the image, or resampled to it',
    });
  if (image.shape.join() !== label.shape.join()) {
    throw mismatch(`${files.label} is ${label.shape.join('x')}, ${files.image} is ${image.shape.join('x')}`);
  }
  const apart = cornerDistance(image.affine, label.affine, image.shape);
  if (apart > GRID_TOLERANCE * Math.min(...voxelSizes(image.affine))) {
    throw mismatch(
      `both are ${image.shape.join('x')}, but corners of ${files.label} and ${files.image} lie ${apart.toFixed(2)} mm apart`,
    );
  }
}

/** Largest distance in millimetres between the corners of two grids of one shape. */
function cornerDistance(a: Affine, b: Affine, shape: Vec3): number {
  let largest = 0;
  for (let bits = 0; bits < 8; bits++) {
    const corner: Vec3 = [bits & 4 ? shape[0] - 1 : 0, bits & 2 ? shape[1] - 1 : 0, bits & 1 ? shape[2] - 1 : 0];
    const [p, q] = [applyTo(a, corner), applyTo(b, corner)];
    largest = Math.max(largest, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
  }
  return largest;
}

function requireClasses(files: CaseFiles, labels: Uint8Array, classes: number | null): void {
  if (classes === null) return;
  const largest = labels.reduce((most, value) => Math.max(value, most), 0);
  if (largest < classes) return;
  throw new DataError(
    'EXP4103',
    files.label,
    `${files.label} holds label ${largest}, and the model has the classes 0 to ${classes - 1}`,
    {
      help: 'merge labels with dataset.foreground, or raise model.out_channels',
    },
  );
}

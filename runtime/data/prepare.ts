import type { PlanDataset } from '../../compiler/plan/schema.ts';
import { DataError } from '../errors.ts';
import { brightest, channelsOf, eachChannel, readImage } from './channels.ts';
import { readLabelVolume } from './nifti/read.ts';
import { requireSameGrid } from './same-grid.ts';
import { type Box, cropTo, positiveBox } from './transforms/crop.ts';
import { foregroundOffsets, mergeForeground } from './transforms/foreground.ts';
import { normalizeIntensity } from './transforms/intensity.ts';
import { reorient } from './transforms/orientation.ts';
import { respace, respaceLabels } from './transforms/spacing.ts';
import type { CaseFiles, ImageFiles, ImageVolume, LabelVolume, PreparedCase } from './types.ts';

/** What of a plan decides how a case is prepared. */
export interface PrepareSettings {
  readonly orientation: PlanDataset['orientation'];
  readonly spacing: PlanDataset['spacing'];
  readonly cropForeground: PlanDataset['cropForeground'];
  readonly intensity: PlanDataset['intensity'];
  readonly foreground: PlanDataset['foreground'];
  /** Classes of the model, background included; null does not check the labels. */
  readonly classes: number | null;
  /** Channels of the model; null takes what the files hold. */
  readonly channels: number | null;
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
 * Reads a case and brings it to the plan's orientation, spacing, foreground, intensity and classes, in this order:
 * intensities are normalised after resampling, as in MONAI's bundles.
 *
 * @throws DataError EXP4102 for an unreadable file, EXP4103 for a label that does not fit the image or the model
 */
export function prepareCase(files: CaseFiles, settings: PrepareSettings): SharedCase {
  const source = readImage(files, settings.channels);
  const sourceLabel = readLabelVolume(files.label);
  requireSameGrid(files, source, sourceLabel);
  const { orientation, spacing } = settings;
  const { image, box } = prepareVolume(source, settings);
  const turnedLabel = orientation === null ? sourceLabel : reorient(sourceLabel, orientation);
  const spacedLabel = spacing === null ? turnedLabel : respaceLabels(turnedLabel, spacing);
  const label = box === null ? spacedLabel : cropTo(spacedLabel, box);
  const classes = mergeForeground(label.data, settings.foreground);
  requireClasses(files, classes, settings.classes);
  return {
    id: files.id,
    image: { ...image, data: sharedFloats(image.data) },
    label: { ...label, data: sharedBytes(classes) },
    foreground: foregroundOffsets(classes),
  };
}

/**
 * An image without a label, as the model sees it.
 *
 * @throws DataError EXP4102 for an unreadable file
 */
export function prepareImage(files: ImageFiles, settings: PrepareSettings): ImageVolume {
  return prepareVolume(readImage(files, settings.channels), settings).image;
}

/** @returns the image, and the box that it was cut to; null where it was not */
function prepareVolume(
  source: ImageVolume,
  { orientation, spacing, cropForeground, intensity }: PrepareSettings,
): { readonly image: ImageVolume; readonly box: Box | null } {
  const turned = orientation === null ? source : eachChannel(source, (channel) => reorient(channel, orientation));
  const spaced = spacing === null ? turned : eachChannel(turned, (channel) => respace(channel, spacing));
  // MONAI's CropForeground: a voxel counts where any channel is above 0.
  const box = cropForeground === null ? null : positiveBox(brightest(spaced), spaced.shape, cropForeground);
  const image = box === null ? spaced : eachChannel(spaced, (channel) => cropTo(channel, box));
  // MONAI's channel_wise=True: each channel has a unit of its own.
  for (const channel of channelsOf(image)) normalizeIntensity(channel, intensity);
  return { image, box };
}

/** A true label map on its own grid, with the classes of the model. @throws DataError EXP4102, EXP4103 */
export function readTruth(files: CaseFiles, settings: Pick<PrepareSettings, 'foreground' | 'classes'>): LabelVolume {
  const label = readLabelVolume(files.label);
  const classes = mergeForeground(label.data, settings.foreground);
  requireClasses(files, classes, settings.classes);
  return { ...label, data: classes };
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

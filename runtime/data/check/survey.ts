import { createHash } from 'node:crypto';
import { DataError } from '../../errors.ts';
import { voxelSizes } from '../affine.ts';
import { channelsOf, joined } from '../channels.ts';
import { readChannels, readHeader, readLabelVolume } from '../nifti/read.ts';
import { isSameGrid, requireSameGrid } from '../same-grid.ts';
import { orientationCode, orientationOf, parseOrientation } from '../transforms/orientation.ts';
import { percentiles } from '../transforms/percentiles.ts';
import type { CaseFiles, ImageFiles, Vec3 } from '../types.ts';
import { mirroredContrast } from './mirrored.ts';

/** What `exp data check` and `exp data stats` know of each case: small facts; the volumes themselves are let go. */

export interface Intensities {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
  /** Percentiles 0.5, 50 and 99.5, as nnU-Net's fingerprint has them. */
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface ChannelFacts {
  /** The file that it is in. */
  readonly file: string;
  /** Whether it lies on the image's grid; training interpolates one that does not. */
  readonly onGrid: boolean;
  /** Null where no voxel is finite. */
  readonly intensities: Intensities | null;
}

export interface ImageFacts {
  readonly shape: Vec3;
  /** Millimetres. */
  readonly spacing: Vec3;
  /** Axis codes, such as `RAS`. */
  readonly orientation: string;
  /** Whether the header says how the volume lies; where neither sform nor qform is set, the orientation is a guess. */
  readonly oriented: boolean;
  /** Of all channels. */
  readonly voxels: number;
  /** NaN and infinities. */
  readonly nonFinite: number;
  /** Of all channels together; null where no voxel is finite. */
  readonly intensities: Intensities | null;
  readonly channels: readonly ChannelFacts[];
  /** SHA-256 of the voxels, whatever their compression. */
  readonly hash: string;
}

export interface LabelFacts {
  /** Voxels by label value, ascending; 0 is background. */
  readonly counts: ReadonlyMap<number, number>;
  readonly voxelVolume: number;
  readonly hash: string;
}

export interface CaseSurvey {
  readonly files: CaseFiles;
  /** Null where the file cannot be read; the problem says why. */
  readonly image: ImageFacts | null;
  readonly label: LabelFacts | null;
  /** How much better the label would fit the image in each of the EXCHANGED ways; null where nothing tells. */
  readonly mirrored: readonly number[] | null;
  readonly problems: readonly DataError[];
}

/** Reads one case and forgets its voxels. What cannot be read is a problem of the case, not an end of the survey. */
export function surveyCase(files: CaseFiles): CaseSurvey {
  const problems: DataError[] = [];
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      problems.push(error);
      return null;
    }
  };
  const image = attempt(() => surveyImage(files));
  const label = attempt(() => surveyLabel(files.label));
  const mirrored = attempt(() => {
    if (image === null || label === null) return null;
    requireSameGrid(files, readHeader(files.image), readHeader(files.label));
    const { shape, orientation } = image.facts;
    return mirroredContrast(image.first, label.data, shape, parseOrientation(orientation));
  });
  return { files, image: image?.facts ?? null, label: label?.facts ?? null, mirrored, problems };
}

/** Its facts, and the voxels of its first channel. */
function surveyImage({ image: path, furtherChannels }: ImageFiles): {
  readonly facts: ImageFacts;
  readonly first: Float32Array;
} {
  const first = readChannels(path);
  const { shape, affine } = first;
  const { geometry } = readHeader(path);
  const channels: ChannelFacts[] = [];
  const hash = createHash('sha256');
  const seen: Float32Array[] = [];
  let voxels = 0;
  for (const file of [path, ...furtherChannels]) {
    const image = file === path ? first : readChannels(file);
    hash.update(bytesOf(image.data));
    voxels += image.data.length;
    const onGrid = isSameGrid(first, image);
    for (const channel of channelsOf(image)) {
      const finite = channel.every(Number.isFinite) ? channel : channel.filter(Number.isFinite);
      seen.push(finite);
      channels.push({ file, onGrid, intensities: finite.length === 0 ? null : intensitiesOf(finite) });
    }
  }
  const finite = seen.reduce((sum, { length }) => sum + length, 0);
  const [only = null] = channels.map(({ intensities }) => intensities);
  const facts: ImageFacts = {
    shape,
    spacing: voxelSizes(affine),
    orientation: orientationCode(orientationOf(affine)),
    oriented: geometry.sformCode > 0 || geometry.qformCode > 0,
    voxels,
    nonFinite: voxels - finite,
    intensities: channels.length === 1 || finite === 0 ? only : intensitiesOf(joined(seen)),
    channels,
    hash: hash.digest('hex'),
  };
  return { facts, first: channelsOf(first)[0] ?? first.data };
}

function intensitiesOf(finite: Float32Array): Intensities {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < finite.length; i++) {
    const value = finite[i] ?? 0;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const mean = sum / finite.length;
  let squares = 0;
  for (let i = 0; i < finite.length; i++) squares += ((finite[i] ?? 0) - mean) ** 2;
  const [low = min, median = mean, high = max] = percentiles(finite, [0.5, 50, 99.5]);
  return { min, max, mean, deviation: Math.sqrt(squares / finite.length), low, median, high };
}

function surveyLabel(path: string): { readonly facts: LabelFacts; readonly data: Uint8Array } {
  const { affine, data } = readLabelVolume(path);
  const [x, y, z] = voxelSizes(affine);
  const counts = new Float64Array(256);
  for (let i = 0; i < data.length; i++) counts[data[i] ?? 0] = (counts[data[i] ?? 0] ?? 0) + 1;
  const present = [...counts.entries()].filter(([, count]) => count > 0);
  return { facts: { counts: new Map(present), voxelVolume: x * y * z, hash: hashOf(data) }, data };
}

function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Surveys case after case; `onCase` is told before each, and the event loop gets a turn after each. */
export async function surveyCases(
  cases: readonly CaseFiles[],
  onCase: (files: CaseFiles, done: number) => void,
): Promise<CaseSurvey[]> {
  const surveys: CaseSurvey[] = [];
  for (const files of cases) {
    onCase(files, surveys.length);
    surveys.push(surveyCase(files));
    await new Promise(setImmediate);
  }
  return surveys;
}

/** Voxels that are not background. */
export function foregroundVoxels({ counts }: LabelFacts): number {
  return [...counts].reduce((sum, [value, count]) => (value === 0 ? sum : sum + count), 0);
}

import { DataError } from '../errors.ts';
import { invert, multiply } from './affine.ts';
import { readChannels } from './nifti/read.ts';
import { isSameGrid } from './same-grid.ts';
import { replaceNonFinite } from './transforms/intensity.ts';
import { resampleLinear } from './transforms/resample.ts';
import type { ImageFiles, ImageVolume, Volume } from './types.ts';

/** Images of several channels: several files, or one with the channels along its fourth axis. */

/**
 * Reads an image. A channel on another grid than the first file's is interpolated onto it; beyond its border the nearest
 * voxel counts. NaN and infinities become 0, since one of them would spoil its neighbours.
 *
 * @param channels how many the model takes; null takes what there is
 * @throws DataError EXP4102 for an unreadable file, one without a finite number, or another number of channels
 * @see MONAI ResampleToMatch (mode bilinear, padding_mode border), ConcatItems
 */
export function readImage({ image, furtherChannels }: ImageFiles, channels: number | null): ImageVolume {
  const first = readFinite(image);
  const all = [first, ...furtherChannels.map((path) => onGridOf(first, readFinite(path)))];
  const total = all.reduce((sum, each) => sum + each.channels, 0);
  if (channels !== null && total !== channels) throw wrongChannels({ image, furtherChannels }, total, channels);
  return all.length === 1 ? first : { ...first, channels: total, data: joined(all.map(({ data }) => data)) };
}

function readFinite(path: string): ImageVolume {
  const image = readChannels(path);
  if (replaceNonFinite(image.data).replaced < image.data.length) return image;
  throw new DataError('EXP4102', path, `${path} holds no finite number`);
}

function onGridOf({ shape, affine }: Volume, image: ImageVolume): ImageVolume {
  if (isSameGrid({ shape, affine }, image)) return image;
  const map = multiply(invert(image.affine), affine);
  const data = joined(channelsOf(image).map((channel) => resampleLinear(channel, image.shape, shape, map)));
  return { shape, affine, channels: image.channels, data };
}

/** The channels of an image or a patch, [D, H, W] each: views, not copies. */
export function channelsOf({ shape, data }: Pick<Volume, 'shape' | 'data'>): readonly Float32Array[] {
  const voxels = shape[0] * shape[1] * shape[2];
  return Array.from({ length: data.length / voxels }, (_, c) => data.subarray(c * voxels, (c + 1) * voxels));
}

/** Does the same to each channel. */
export function eachChannel(image: ImageVolume, change: (channel: Volume) => Volume): ImageVolume {
  const { channels, affine, shape } = image;
  if (channels === 1) return { ...change(image), channels };
  const changed = channelsOf(image).map((data) => change({ shape, affine, data }));
  const [first = image] = changed;
  return { shape: first.shape, affine: first.affine, channels, data: joined(changed.map(({ data }) => data)) };
}

/** The largest value of each voxel's channels. */
export function brightest(image: ImageVolume): Float32Array {
  const [first = image.data, ...others] = channelsOf(image);
  if (others.length === 0) return first;
  return first.map((value, voxel) => others.reduce((most, channel) => Math.max(most, channel[voxel] ?? 0), value));
}

/** [C, voxels] → [voxels, C], as a network reads them. */
export function interleave(planar: Float32Array, channels: number, target: Float32Array): void {
  if (channels === 1) {
    target.set(planar);
    return;
  }
  const voxels = planar.length / channels;
  for (let c = 0; c < channels; c++) {
    for (let voxel = 0, to = c; voxel < voxels; voxel++, to += channels) target[to] = planar[c * voxels + voxel] ?? 0;
  }
}

/** One after another. */
export function joined(channels: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(channels.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const channel of channels) {
    all.set(channel, start);
    start += channel.length;
  }
  return all;
}

function wrongChannels({ image, furtherChannels }: ImageFiles, found: number, wanted: number): DataError {
  const holds =
    furtherChannels.length === 0
      ? `${image} holds ${found === 1 ? 'one channel' : `${found} channels`}`
      : `${image} and its ${furtherChannels.length === 1 ? 'other file' : 'other files'} hold ${found} channels`;
  return new DataError('EXP4102', image, `${holds}, and the model takes ${wanted}`, {
    help: `set model.in_channels to ${found}, or name one image file a channel: image: ["T1w", "FLAIR"]`,
  });
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanAugment } from '../../../compiler/plan/schema.ts';
import { makeBatch } from '../../../runtime/data/batch.ts';
import { inMemory } from '../../../runtime/data/case-source.ts';
import { channelsOf, readImage } from '../../../runtime/data/channels.ts';
import { encodeCase, openDiskCase } from '../../../runtime/data/disk-case.ts';
import { writeNifti } from '../../../runtime/data/nifti/write.ts';
import { type PrepareSettings, prepareCase, prepareImage } from '../../../runtime/data/prepare.ts';
import type { Affine, Vec3, Volume } from '../../../runtime/data/types.ts';
import { slidingWindow } from '../../../runtime/inference/sliding-window.ts';
import { expectRow } from '../../reference/numerics/row.ts';
import { askReference, hasMonai, largestDifference, type ReferenceResult } from './reference.ts';
import { ballLabels, rawNifti, temporaryFolder, waveVolume, writeBytes } from './volumes.ts';

/** Images of several channels: from files, through every transform and augmentation, into batches and windows. */

const folder = temporaryFolder();
afterAll(folder.remove);
const at = (name: string) => join(folder.path, name);

const grid: Affine = [
  [-1.2, 0, 0, 30],
  [0, 0, 2.5, -20],
  [0, 0.9, 0, 5],
  [0, 0, 0, 1],
];
const finer: Affine = [
  [-0.8, 0, 0, 28],
  [0, 0, 1.7, -18],
  [0, 0.7, 0, 6],
  [0, 0, 0, 1],
];
const shape: Vec3 = [20, 24, 15];

/** Waves with air around them, so that there is a foreground. */
function bodyIn(volume: Volume, scale: number): Volume {
  const ball = ballLabels(volume.shape, volume.affine).data;
  return { ...volume, data: volume.data.map((value, i) => (ball[i] === 0 ? 0 : scale * (2 + value))) };
}

const T1 = bodyIn(waveVolume(shape, grid), 100);
const FLAIR = { ...T1, data: T1.data.map((value, i) => (value === 0 ? 0 : 7 + ((i * 7919) % 101))) };
const OTHER_GRID = bodyIn(waveVolume([26, 30, 19], finer), 3);
const NAMES = { t1: 't1.nii.gz', flair: 'flair.nii.gz', other: 'other.nii.gz', label: 'label.nii.gz' } as const;

const settings: PrepareSettings = {
  orientation: 'RAS',
  spacing: [1, 1.5, 2],
  cropForeground: 1,
  intensity: { kind: 'zscore', nonzero: true },
  foreground: null,
  classes: null,
  channels: 2,
};
const bare: PrepareSettings = {
  ...settings,
  orientation: null,
  spacing: null,
  cropForeground: null,
  intensity: { kind: 'none' },
};

beforeAll(() => {
  writeNifti(at(NAMES.t1), T1);
  writeNifti(at(NAMES.flair), FLAIR);
  writeNifti(at(NAMES.other), OTHER_GRID);
  writeNifti(at(NAMES.label), ballLabels(shape, grid));
});

const two = () => ({ image: at(NAMES.t1), furtherChannels: [at(NAMES.flair)] });

describe('an image of several channels', () => {
  it('is read from one file a channel, in their order', () => {
    const image = readImage(two(), 2);
    expect(image).toMatchObject({ channels: 2, shape, affine: expect.anything() });
    expect(channelsOf(image)).toEqual([T1.data, FLAIR.data]);
  });

  it('is read from one file with the channels along its fourth axis', () => {
    const [nx, ny, nz] = [3, 4, 5];
    // x fastest and channels slowest, as NIfTI has it.
    const voxels = Buffer.from(Array.from({ length: nx * ny * nz * 4 }, (_, i) => i));
    writeBytes(folder.path, 'four.nii.gz', rawNifti({ dims: [4, nx, ny, nz, 4, 1, 1, 1], voxels }));
    const image = readImage({ image: at('four.nii.gz'), furtherChannels: [] }, 4);
    expect(image).toMatchObject({ channels: 4, shape: [nx, ny, nz] });
    const voxel = (c: number, x: number, y: number, z: number) => channelsOf(image)[c]?.[(x * ny + y) * nz + z];
    expect(voxel(3, 2, 1, 4)).toBe(2 + nx * (1 + ny * (4 + nz * 3)));
  });

  it('must have as many as the model takes', () => {
    expect(() => readImage(two(), 4)).toThrow(/hold 2 channels, and the model takes 4/);
    expect(() => readImage({ image: at(NAMES.t1), furtherChannels: [] }, 2)).toThrow(
      /t1\.nii\.gz holds one channel, and the model takes 2/,
    );
  });
});

describe('one channel of two', () => {
  it('is prepared as it would be alone', () => {
    const whole = prepareImage(two(), { ...settings, cropForeground: null });
    for (const [index, name] of [NAMES.t1, NAMES.flair].entries()) {
      const alone = prepareImage(
        { image: at(name), furtherChannels: [] },
        { ...settings, cropForeground: null, channels: 1 },
      );
      expect(channelsOf(whole)[index]).toEqual(alone.data);
    }
  });

  const geometry: readonly PlanAugment[] = [
    { kind: 'flip', axes: ['x', 'y', 'z'], probability: 0.5 },
    { kind: 'rotate90', planes: ['xy', 'xz', 'yz'], probability: 1 },
    { kind: 'affine', rotation: [20, 20, 20], scale: { from: 0.8, to: 1.2 }, translation: [2, 2, 2], probability: 1 },
    { kind: 'elastic', spacing: 6, magnitude: { from: 1, to: 2 }, probability: 1 },
  ];
  const alike: readonly PlanAugment[] = [
    { kind: 'gaussian_smooth', sigma: { from: 0.5, to: 1 }, probability: 1 },
    { kind: 'low_resolution', zoom: { from: 0.5, to: 0.8 }, probability: 1 },
    { kind: 'bias_field', coefficients: { from: 0, to: 0.1 }, probability: 1 },
    { kind: 'intensity_scale', range: 0.3, probability: 1 },
    { kind: 'intensity_shift', range: 0.3, probability: 1 },
  ];

  it.each([...geometry, ...alike].map((augmentation) => [augmentation.kind, augmentation] as const))(
    'goes through %s as it would alone: both by the same chances',
    (_, augmentation) => {
      const batch = { seed: 3, patch: [16, 16, 16] as const, sampling: SAMPLING, augment: [augmentation] };
      const sourceOf = (files: { image: string; furtherChannels: readonly string[] }, channels: number) =>
        inMemory(prepareCase({ id: 'a', subject: 'a', label: at(NAMES.label), ...files }, { ...bare, channels }));
      const both = makeBatch([sourceOf(two(), 2)], batch, 1, 1);
      for (const [index, name] of [NAMES.t1, NAMES.flair].entries()) {
        const alone = makeBatch([sourceOf({ image: at(name), furtherChannels: [] }, 1)], batch, 1, 1);
        expect(both.label).toEqual(alone.label);
        expect(both.image.filter((_value, i) => i % 2 === index)).toEqual(alone.image);
      }
    },
  );

  it('has noise of its own', () => {
    const augment: PlanAugment[] = [{ kind: 'gaussian_noise', std: 1, probability: 1 }];
    const same = { image: at(NAMES.t1), furtherChannels: [at(NAMES.t1)] };
    const files = { id: 'a', subject: 'a', label: at(NAMES.label), ...same };
    const patch: Vec3 = [16, 16, 16];
    const { image } = makeBatch(
      [inMemory(prepareCase(files, bare))],
      { seed: 3, patch, sampling: SAMPLING, augment },
      1,
      1,
    );
    expect(image.filter((_, i) => i % 2 === 0)).not.toEqual(image.filter((_, i) => i % 2 === 1));
  });

  it('comes back from the disk’s cache, and in part', () => {
    const prepared = prepareCase({ id: 'a', subject: 'a', label: at(NAMES.label), ...two() }, settings);
    writeFileSync(at('a.case'), Buffer.concat(encodeCase(prepared)));
    const opened = openDiskCase(at('a.case'));
    expect(opened?.readAll()).toEqual(prepared);
    const size: Vec3 = [7, 30, 5];
    const [fromDisk, fromMemory] = [opened?.source, inMemory(prepared)].map((source) => {
      const target = new Float32Array(2 * 7 * 30 * 5);
      source?.readImage([3, -4, 2], size, target);
      return target;
    });
    expect(fromDisk).toEqual(fromMemory);
    opened?.close();
  });

  it('stands beside the other at each voxel of a window', async () => {
    const image = readImage(two(), 2);
    const [nx, ny, nz] = shape;
    const seen: number[] = new Array(nx * ny * nz).fill(Number.NaN);
    await slidingWindow(
      image.data,
      shape,
      {
        roiSize: [8, 8, 8],
        overlap: 0.25,
        blend: 'constant',
        flips: ['z'],
        batchSize: 2,
        classes: 1,
        // Of each voxel: the first channel, and a thousandth of the second.
        predict: async (windows) =>
          Float32Array.from(
            { length: windows.length / 2 },
            (_, i) => (windows[2 * i] ?? 0) + (windows[2 * i + 1] ?? 0) / 1000,
          ),
      },
      (d, plane) => {
        for (const [i, value] of plane.entries()) seen[d * ny * nz + i] = value;
      },
    );
    const expected = T1.data.map((value, i) => value + (FLAIR.data[i] ?? 0) / 1000);
    // Averages of overlapping windows, in single precision.
    expect(largestDifference(seen, expected)).toBeLessThan(0.02);
  });
});

const SAMPLING = { kind: 'uniform', perCase: 1 } as const;

describe.skipIf(!hasMonai)('two channels (skipped: no reference Python with MONAI)', () => {
  // Where grids meet, rounding would decide what is above 0.
  const spacing: [number, number, number] = [0.97, 1.43, 2.07];
  const cases = [
    ['two files, zscore', [NAMES.t1, NAMES.flair], 'zscore'],
    ['two files on two grids, zscore', [NAMES.t1, NAMES.other], 'zscore'],
    ['two files on two grids, percentiles', [NAMES.t1, NAMES.other], 'percentiles'],
  ] as const;
  const results: ReferenceResult[] = [];

  beforeAll(() => {
    const jobs = cases.map(([, names, intensity]) => ({
      op: 'channels' as const,
      inputs: names.map(at),
      spacing,
      intensity,
    }));
    results.push(...askReference(at('reference'), jobs));
  }, 300_000);

  it.each(cases)('%s', (title, [first, ...others], kind) => {
    const intensity =
      kind === 'zscore'
        ? ({ kind, nonzero: true } as const)
        : ({ kind, lower: 0.5, upper: 99.5, min: 0, max: 1, clip: true } as const);
    const image = prepareImage(
      { image: at(first), furtherChannels: others.map(at) },
      { ...settings, spacing, intensity },
    );
    const theirs = results[cases.findIndex(([name]) => name === title)];
    expect([image.channels, ...image.shape]).toEqual(theirs?.shape);
    expectRow({
      subject: 'transforms',
      what: `channels: ${title}; oriented, resampled, cropped`,
      reference: 'MONAI ResampleToMatch, CropForeground, channel_wise intensity',
      ours: null,
      theirs: null,
      difference: largestDifference(image.data, theirs?.data ?? []),
      tolerance: 1e-4,
    });
  });
});

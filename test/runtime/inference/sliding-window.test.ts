import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../../../runtime/data/types.ts';
import { argMax, type SlidingWindowOptions, slidingWindow } from '../../../runtime/inference/sliding-window.ts';
import { windowStarts } from '../../../runtime/inference/windows.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';

type Case = Pick<SlidingWindowOptions, 'roiSize' | 'overlap' | 'blend' | 'batchSize'> & { shape: Vec3 };

function wave(shape: Vec3): Float32Array {
  return Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => Math.sin(i * 0.37) + (i % 7) / 7);
}

/** [N, D, H, W] → [N, D, H, W, 2]: the voxel, and twice the voxel and its place in the window. */
async function predictWithPlace(windows: Float32Array, roiSize: Vec3): Promise<Float32Array> {
  const size = roiSize[0] * roiSize[1] * roiSize[2];
  const result = new Float32Array(windows.length * 2);
  windows.forEach((value, i) => {
    result[2 * i] = value;
    result[2 * i + 1] = value * 2 + (i % size) / size;
  });
  return result;
}

function run({ shape, ...options }: Case): Promise<Float32Array | null> {
  const predict = (windows: Float32Array) => predictWithPlace(windows, options.roiSize);
  return slidingWindow(wave(shape), shape, { ...options, classes: 2, predict });
}

describe('windows', () => {
  it('cover the image, the last moved back to end with it', () => {
    expect(windowStarts([10, 8, 8], [8, 8, 8], 0.5)).toEqual([
      [0, 0, 0],
      [2, 0, 0],
    ]);
  });

  it('are one where the image is no larger', () => {
    expect(windowStarts([8, 8, 8], [8, 8, 8], 0.75)).toEqual([[0, 0, 0]]);
  });

  it('advance at least one voxel, however large the overlap', () => {
    expect(windowStarts([4, 1, 1], [2, 1, 1], 0.9).map(([d]) => d)).toEqual([0, 1, 2]);
  });
});

describe('a sliding window', () => {
  const small: Case = { shape: [5, 9, 6], roiSize: [8, 8, 8], overlap: 0.5, blend: 'gaussian', batchSize: 3 };

  it('gives back what a predictor that looks at single voxels gives, also for images smaller than a window', async () => {
    const probabilities = await run(small);
    const firstClass = probabilities?.filter((_, i) => i % 2 === 0) ?? [];
    for (const [i, value] of wave(small.shape).entries()) expect(firstClass[i]).toBeCloseTo(value, 5);
  });

  it('does not depend on how many windows are predicted together', async () => {
    const larger: Case = { ...small, shape: [13, 12, 17] };
    expect(await run({ ...larger, batchSize: 1 })).toEqual(await run({ ...larger, batchSize: 7 }));
  });

  it('ends with nothing when a stop is requested', async () => {
    const predict = (windows: Float32Array) => predictWithPlace(windows, small.roiSize);
    const stopped = { ...small, classes: 2, predict, shouldStop: () => true };
    expect(await slidingWindow(wave(small.shape), small.shape, stopped)).toBeNull();
  });
});

it('the most probable class wins, the first of equals', () => {
  expect([...argMax(Float32Array.of(0.2, 0.5, 0.3, 0.4, 0.4, 0.2), 3)]).toEqual([1, 0]);
});

describe.skipIf(!pythonHas('monai'))('equals MONAI (skipped: no reference Python with monai)', () => {
  const cases: Case[] = [];
  for (const shape of [
    [20, 17, 23],
    [16, 8, 9],
    [5, 9, 30],
    [3, 4, 5],
  ] as const)
    for (const overlap of [0, 0.25, 0.5, 0.6])
      for (const blend of ['gaussian', 'constant'] as const)
        cases.push({ shape, roiSize: [8, 6, 8], overlap, blend, batchSize: 4 });

  it('for images larger and smaller than the window, both blends, any overlap', { timeout: 120_000 }, async () => {
    const question = cases.map((one) => ({ ...one, image: [...wave(one.shape)] }));
    const answers = askPython<number[][]>(new URL('reference.py', import.meta.url), question);
    for (const [index, one] of cases.entries()) {
      const ours = (await run(one)) ?? new Float32Array();
      const theirs = answers[index] ?? [];
      expect(ours.length).toBe(theirs.length);
      const largest = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] ?? 0))), 0);
      expect(largest, JSON.stringify(one)).toBeLessThan(1e-5);
    }
  });
});

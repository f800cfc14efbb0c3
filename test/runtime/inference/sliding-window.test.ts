import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../../../runtime/data/types.ts';
import { argMaxInto } from '../../../runtime/inference/arg-max.ts';
import { type SlidingWindowOptions, slidingWindow } from '../../../runtime/inference/sliding-window.ts';
import { windowStarts } from '../../../runtime/inference/windows.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';
import { expectRow } from '../../reference/numerics/row.ts';

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

async function run({ shape, ...options }: Case, changes: Partial<SlidingWindowOptions> = {}): Promise<Float32Array> {
  const predict = (windows: Float32Array) => predictWithPlace(windows, options.roiSize);
  const whole = new Float32Array(shape[0] * shape[1] * shape[2] * 2);
  const all = { flips: [], classes: 2, predict, ...options, ...changes };
  const done = await slidingWindow(wave(shape), shape, all, (d, plane) => whole.set(plane, d * plane.length));
  expect(done).toBe(true);
  return whole;
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
    const firstClass = probabilities.filter((_, i) => i % 2 === 0);
    for (const [i, value] of wave(small.shape).entries()) expect(firstClass[i]).toBeCloseTo(value, 5);
  });

  it('does not depend on how many windows are predicted together', async () => {
    const larger: Case = { ...small, shape: [13, 12, 17] };
    expect(await run({ ...larger, batchSize: 1 })).toEqual(await run({ ...larger, batchSize: 7 }));
  });

  it('hands on every plane once and in order, as soon as no window will touch it again', async () => {
    const shape: Vec3 = [30, 5, 6];
    const events: string[] = [];
    const predict = (windows: Float32Array) => {
      events.push('predict');
      return predictWithPlace(windows, [8, 8, 8]);
    };
    const options = { ...small, overlap: 0, batchSize: 1, flips: [], classes: 2, predict };
    await slidingWindow(wave(shape), shape, options, (d) => events.push(String(d)));
    const planes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));
    expect(events).toEqual([
      'predict',
      'predict',
      ...planes(0, 8),
      'predict',
      ...planes(8, 16),
      'predict',
      ...planes(16, 22),
      ...planes(22, 30),
    ]);
  });

  it('averages mirrored windows: a network that says where in the window it looks says the middle then', async () => {
    const shape: Vec3 = [8, 8, 8];
    const plain = { ...small, shape, overlap: 0 };
    const whole = await run(plain, { flips: ['x', 'y', 'z'] });
    const secondClass = whole.filter((_, i) => i % 2 === 1);
    const middle = 511 / 512 / 2;
    for (const [i, value] of wave(shape).entries()) expect(secondClass[i]).toBeCloseTo(value * 2 + middle, 5);
  });

  it('with mirrored windows does not depend on how many are predicted together', async () => {
    const larger: Case = { ...small, shape: [13, 12, 17] };
    const flips = ['x', 'z'] as const;
    expect(await run({ ...larger, batchSize: 1 }, { flips: [...flips] })).toEqual(
      await run({ ...larger, batchSize: 7 }, { flips: [...flips] }),
    );
  });

  it('is not done when a stop is requested', async () => {
    const predict = (windows: Float32Array) => predictWithPlace(windows, small.roiSize);
    const stopped = { ...small, flips: [], classes: 2, predict, shouldStop: () => true };
    expect(await slidingWindow(wave(small.shape), small.shape, stopped, () => {})).toBe(false);
  });
});

it('the most probable class wins, the first of equals', () => {
  const labels = new Uint8Array(3);
  argMaxInto(Float32Array.of(0.2, 0.5, 0.3, 0.4, 0.4, 0.2), 3, labels, 1);
  expect([...labels]).toEqual([0, 1, 0]);
});

describe.skipIf(!pythonHas('monai'))('equals MONAI (skipped: no reference Python with monai)', () => {
  const cases: Case[] = [];
  for (const shape of [
    [20, 17, 23],
    [16, 8, 9],
    [5, 9, 30],
    [3, 4, 5],
  ] as const)
    for (const overlap of [0, 0.25, 0.5, 0.6, 0.8])
      for (const blend of ['gaussian', 'constant'] as const)
        cases.push({ shape, roiSize: [8, 6, 8], overlap, blend, batchSize: 1 + (cases.length % 4) });

  it('for images larger and smaller than the window, both blends, any overlap', { timeout: 120_000 }, async () => {
    const question = cases.map((one) => ({ ...one, image: [...wave(one.shape)] }));
    const answers = askPython<number[][]>(new URL('reference.py', import.meta.url), question);
    const worst = new Map<string, number>();
    for (const [index, one] of cases.entries()) {
      const ours = await run(one);
      const theirs = answers[index] ?? [];
      expect(ours.length).toBe(theirs.length);
      const largest = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] ?? 0))), 0);
      const title = `${one.shape.join('x')}, window ${one.roiSize.join('x')}, ${one.blend}, overlaps 0 to 80%`;
      worst.set(title, Math.max(worst.get(title) ?? 0, largest));
    }
    for (const [what, difference] of worst) {
      const reference = 'MONAI sliding_window_inference';
      expectRow({ subject: 'inference', what, reference, ours: null, theirs: null, difference, tolerance: 1e-5 });
    }
  });
});

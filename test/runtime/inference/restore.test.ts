import { describe, expect, it } from 'vitest';
import { invert, multiply } from '../../../runtime/data/affine.ts';
import { cropTo } from '../../../runtime/data/transforms/crop.ts';
import { reorient } from '../../../runtime/data/transforms/orientation.ts';
import { resampleLinear } from '../../../runtime/data/transforms/resample.ts';
import { respace } from '../../../runtime/data/transforms/spacing.ts';
import type { Affine, Vec3, Volume } from '../../../runtime/data/types.ts';
import { argMaxInto } from '../../../runtime/inference/arg-max.ts';
import { createRestorer, type Grid, type RestoreOptions } from '../../../runtime/inference/restore.ts';
import { ballLabels } from '../data/volumes.ts';

const affine: Affine = [
  [0.9, 0, 0, -12],
  [0, 1.4, 0, 8],
  [0, 0, 1.1, 3],
  [0, 0, 0, 1],
];

const CLASSES = 3;

/** The grid of a file, and the grid that a model sees of it. */
function grids(code: string, spacing: Vec3 | null): { source: Volume; prepared: Volume } {
  const ball = ballLabels([15, 12, 18], affine);
  const source = reorient({ ...ball, data: Float32Array.from(ball.data) }, code);
  const turned = reorient(source, 'RAS');
  return { source, prepared: spacing === null ? turned : respace(turned, spacing) };
}

/** Smooth probabilities of three classes at each voxel, [D, H, W, K]. */
function probabilitiesOn({ shape }: Grid): Float32Array {
  const result = new Float32Array(shape[0] * shape[1] * shape[2] * CLASSES);
  for (let i = 0; i < result.length / CLASSES; i++) {
    const raw = [1 + Math.sin(i * 0.11), 1 + Math.cos(i * 0.07), 1 + Math.sin(i * 0.05 + 1)];
    const sum = raw.reduce((total, value) => total + value, 0);
    for (let k = 0; k < CLASSES; k++) result[i * CLASSES + k] = (raw[k] ?? 0) / sum;
  }
  return result;
}

function restore(from: Grid, to: Grid, options: Partial<RestoreOptions> = {}) {
  const restorer = createRestorer(from, to, {
    method: 'probabilities',
    keepProbabilities: false,
    classes: CLASSES,
    ...options,
  });
  const all = probabilitiesOn(from);
  const size = from.shape[1] * from.shape[2] * CLASSES;
  // One buffer for all planes, as the sliding window hands them on.
  const plane = new Float32Array(size);
  for (let d = 0; d < from.shape[0]; d++) {
    plane.set(all.subarray(d * size, (d + 1) * size));
    restorer.sink(d, plane);
  }
  return { method: restorer.method, ...restorer.finish() };
}

/** The same in one piece: each class interpolated over the whole volume, then the most probable one. */
function wholeVolume(from: Grid, to: Grid): { volumes: Float32Array[]; labels: Uint8Array } {
  const all = probabilitiesOn(from);
  const map = multiply(invert(from.affine), to.affine);
  const volumes = Array.from({ length: CLASSES }, (_, k) =>
    resampleLinear(
      Float32Array.from({ length: all.length / CLASSES }, (_, i) => all[i * CLASSES + k] ?? 0),
      from.shape,
      to.shape,
      map,
    ),
  );
  const labels = new Uint8Array(volumes[0]?.length ?? 0);
  const voxel = new Float32Array(CLASSES);
  for (let i = 0; i < labels.length; i++) {
    for (let k = 0; k < CLASSES; k++) voxel[k] = volumes[k]?.[i] ?? 0;
    argMaxInto(voxel, CLASSES, labels, i);
  }
  return { volumes, labels };
}

describe('labels on the grid of the file', () => {
  it.each(['RAS', 'LPS', 'ASR', 'SLA'])('are exact where only the orientation (%s) changed', (code) => {
    const { source, prepared } = grids(code, null);
    const { labels } = restore(prepared, source);
    const onPrepared = new Uint8Array(labels.length);
    argMaxInto(probabilitiesOn(prepared), CLASSES, onPrepared);
    expect(reorient({ ...source, data: labels }, 'RAS').data).toEqual(onPrepared);
  });

  it.each([
    ['RAS', [1, 1, 1]],
    ['LPS', [2, 1.1, 0.6]],
    ['ASR', [1, 1, 1]],
    ['SLA', [1.7, 0.8, 1.3]],
    ['PIR', [0.5, 3, 1]],
  ] as const)('of %s at %j mm are those of probabilities that were interpolated in one piece', (code, spacing) => {
    const { source, prepared } = grids(code, spacing);
    const restored = restore(prepared, source, { keepProbabilities: true });
    const expected = wholeVolume(prepared, source);
    expect(restored.method).toBe('probabilities');
    expected.volumes.forEach((volume, k) => {
      for (const [i, value] of volume.entries()) expect(restored.probabilities?.[k]?.[i]).toBeCloseTo(value, 6);
    });
    const different = restored.labels.filter((label, i) => label !== expected.labels[i]).length;
    // Ties that rounding decides.
    expect(different).toBeLessThanOrEqual(restored.labels.length / 1000);
  });

  it('are those of the nearest voxel where that is asked for', () => {
    const { source, prepared } = grids('PIR', [2, 2, 2]);
    const { method, labels } = restore(prepared, source, { method: 'nearest' });
    expect(method).toBe('nearest');
    expect(labels).not.toEqual(restore(prepared, source).labels);
  });

  it('are those of the nearest voxel on a sheared grid', () => {
    const sheared: Affine = [
      [1, 0.2, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ];
    const shape: Vec3 = [9, 9, 9];
    const straight: Affine = [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ];
    expect(restore({ shape, affine: straight }, { shape, affine: sheared }).method).toBe('nearest');
  });

  it('are background outside of a volume that was cut to its foreground', () => {
    const shape: Vec3 = [12, 10, 9];
    const whole: Volume = { shape, affine, data: new Float32Array(12 * 10 * 9) };
    const cropped = cropTo(whole, { start: [3, 2, 4], size: [6, 5, 4] });
    for (const method of ['probabilities', 'nearest'] as const) {
      const { labels } = restore(cropped, whole, { method });
      const inside = cropTo({ shape, affine, data: labels }, { start: [3, 2, 4], size: [6, 5, 4] }).data;
      const expected = new Uint8Array(inside.length);
      argMaxInto(probabilitiesOn(cropped), CLASSES, expected);
      expect(inside).toEqual(expected);
      // Two voxels away from the box there is nothing; next to it the border may reach over.
      const isFar = (_: number, i: number) => Math.floor(i / 90) < 2 || Math.floor(i / 90) > 9;
      expect(labels.filter(isFar).every((label) => label === 0)).toBe(true);
    }
  });
});

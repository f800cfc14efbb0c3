import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { applyTo } from '../../runtime/data/affine.ts';
import type { Affine, PreparedCase, Vec3 } from '../../runtime/data/types.ts';
import { listPreviews, MOST_PREVIEWS, PreviewWriter } from '../../runtime/previews/preview.ts';
import { readPreview } from '../../runtime/previews/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'voxel-exp-previews-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 0.5 × 1 × 3 mm, turned by 90 degrees, away from the origin. */
const AFFINE: Affine = [
  [0, -1, 0, 10],
  [0.5, 0, 0, -20],
  [0, 0, 3, 5],
  [0, 0, 0, 1],
];

function volume(id: string, shape: Vec3): PreparedCase & { readonly predicted: Uint8Array } {
  const count = shape[0] * shape[1] * shape[2];
  const data = Float32Array.from({ length: count }, (_, i) => (i % 97) + 1);
  const labels = Uint8Array.from({ length: count }, (_, i) => Math.floor(i / shape[2]) % 3);
  return {
    id,
    image: { shape, affine: AFFINE, channels: 1, data },
    label: { shape, affine: AFFINE, data: labels },
    predicted: labels.map((label) => (label + 1) % 3),
  };
}

describe('previews', () => {
  it('keep the grid of a small case, its labels, and the order of its grey values', () => {
    const { predicted, ...prepared } = volume('small', [5, 6, 7]);
    new PreviewWriter(folder).write(prepared, predicted);
    const preview = readPreview(folder, 'small');
    expect(preview?.shape).toEqual([5, 6, 7]);
    expect(preview?.affine).toEqual(AFFINE);
    expect(preview?.truth).toEqual(prepared.label.data);
    expect(preview?.predicted).toEqual(predicted);
    expect(preview?.image[1]).toBeGreaterThan(preview?.image[0] ?? 255);
  });

  it('pass over voxels of a large one, and stay where it lies in the world', () => {
    const { predicted, ...prepared } = volume('large', [300, 10, 129]);
    new PreviewWriter(folder).write(prepared, predicted);
    const preview = readPreview(folder, 'large');
    expect(preview?.shape).toEqual([100, 10, 65]);
    // Its voxel (2, 3, 4) is the case's (2 · 3 + 1, 3, 4 · 2).
    expect(applyTo(preview?.affine ?? [], [2, 3, 4])).toEqual(applyTo(AFFINE, [7, 3, 8]));
    const [small, large] = [(2 * 10 + 3) * 65 + 4, (7 * 10 + 3) * 129 + 8];
    expect(preview?.truth[small]).toBe(prepared.label.data[large]);
  });

  it('show masked air black, though it lies in the middle of the values', () => {
    const { predicted, ...prepared } = volume('masked', [8, 8, 8]);
    const data = prepared.image.data.map((value, i) => (i < 256 ? 0 : value - 50));
    new PreviewWriter(folder).write({ ...prepared, image: { ...prepared.image, data } }, predicted);
    expect(readPreview(folder, 'masked')?.image[0]).toBe(0);
  });

  it('are of the first cases only, and of a case whose parts are all there', () => {
    const other = mkdtempSync(join(folder, 'many-'));
    const writer = new PreviewWriter(other);
    for (let index = 0; index < MOST_PREVIEWS + 4; index++) {
      const { predicted, ...prepared } = volume(`sub-${String(index).padStart(2, '0')}`, [2, 2, 2]);
      writer.write(prepared, predicted);
    }
    expect(listPreviews(other)).toHaveLength(MOST_PREVIEWS);
    rmSync(join(other, 'previews', 'sub-00_truth.nii.gz'));
    expect(readPreview(other, 'sub-00')).toBeNull();
    expect(readPreview(other, 'nobody')).toBeNull();
  });
});

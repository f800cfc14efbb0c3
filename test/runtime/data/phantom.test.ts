import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { voxelSizes } from '../../../runtime/data/affine.ts';
import { findCases } from '../../../runtime/data/layouts/find-cases.ts';
import { readHeader, readLabelVolume, readVolume } from '../../../runtime/data/nifti/read.ts';
import { writePhantomDataset } from '../../../runtime/data/phantom/write-dataset.ts';
import { orientationCode, orientationOf } from '../../../runtime/data/transforms/orientation.ts';
import { temporaryFolder } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

function contents(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => [
      join(entry.parentPath, entry.name).slice(root.length),
      readFileSync(join(entry.parentPath, entry.name), 'base64'),
    ]),
  );
}

const options = { subjects: 8, size: 24, seed: 3 };
const root = join(folder.path, 'phantoms');
const progress: number[] = [];
writePhantomDataset(root, options, (done) => progress.push(done));

describe('a phantom data set', () => {
  it('is the same, byte for byte, from the same seed', () => {
    const again = join(folder.path, 'again');
    writePhantomDataset(again, options);
    expect(contents(again)).toEqual(contents(root));
  });

  it('is another from another seed', () => {
    const other = join(folder.path, 'other');
    writePhantomDataset(other, { ...options, subjects: 1, seed: 4 });
    const image = '/sub-001/anat/sub-001_T1w.nii.gz';
    expect(contents(other)[image]).not.toBe(contents(root)[image]);
  });

  it('tells its progress', () => {
    expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  const { cases } = findCases(
    {
      source: { layout: 'bids', root, image: 'T1w', label: 'desc-manual_dseg', derivative: null },
      exclude: [],
    },
    { baseDir: root, cacheDir: root },
  );

  it('varies orientation and spacing, alike for image and label', () => {
    const headers = cases.map((files) => readHeader(files.image));
    expect(new Set(headers.map((header) => orientationCode(orientationOf(header.affine)))).size).toBe(8);
    expect(
      new Set(
        headers.map((header) =>
          voxelSizes(header.affine)
            .map((mm) => mm.toFixed(2))
            .join(),
        ),
      ).size,
    ).toBe(8);
    expect(cases.map((files) => readHeader(files.label).affine)).toEqual(headers.map((header) => header.affine));
  });

  it('holds in every subject one organ that is brighter than the rest, on an intensity scale of its own', () => {
    const scales = cases.map((files) => {
      const [image, label] = [readVolume(files.image), readLabelVolume(files.label)];
      const mean = (wanted: (labelValue: number, value: number) => boolean) => {
        const values = image.data.filter((value, i) => wanted(label.data[i] ?? 0, value));
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      const organ = mean((value) => value === 1);
      const tissue = mean((value, intensity) => value === 0 && intensity > 0);
      const share = label.data.filter((value) => value === 1).length / label.data.length;
      expect(organ / tissue).toBeGreaterThan(1.4);
      expect(share).toBeGreaterThan(0.01);
      expect(share).toBeLessThan(0.15);
      return tissue;
    });
    expect(Math.max(...scales) / Math.min(...scales)).toBeGreaterThan(10);
  });
});

describe('a phantom source of a plan', () => {
  it('is made in the cache on first use, and found there later', () => {
    const cacheDir = join(folder.path, 'cache');
    const stages: string[] = [];
    const find = () =>
      findCases(
        { source: { layout: 'phantom', subjects: 3, size: 12, seed: 1, channels: 1 }, exclude: [] },
        { baseDir: root, cacheDir, onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`) },
      );
    const first = find();
    expect(stages).toEqual(['generate 1/3', 'generate 2/3', 'generate 3/3']);
    expect(find()).toEqual(first);
    expect(stages).toHaveLength(3);
    expect(readdirSync(cacheDir)).toHaveLength(1);
  });
});

import { copyFileSync, cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PlanDataSource } from '../../../compiler/plan/schema.ts';
import { checkDataset } from '../../../runtime/data/check/check-dataset.ts';
import type { CheckedDataset, Finding } from '../../../runtime/data/check/finding.ts';
import { datasetStats, suggestPatch } from '../../../runtime/data/check/stats.ts';
import { surveyCases } from '../../../runtime/data/check/survey.ts';
import { detectSource } from '../../../runtime/data/layouts/detect.ts';
import { searchCases } from '../../../runtime/data/layouts/find-cases.ts';
import { readLabelVolume, readVolume } from '../../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../../runtime/data/nifti/write.ts';
import { writePhantomDataset } from '../../../runtime/data/phantom/write-dataset.ts';
import type { Affine, LabelVolume, Volume } from '../../../runtime/data/types.ts';
import { sharedData } from '../../helpers/python.ts';
import { temporaryFolder } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const clean = join(folder.path, 'clean');
writePhantomDataset(clean, { subjects: 6, size: 16, seed: 5 });

/** A phantom data set of one's own to spoil, and the paths of a subject's files. */
let copies = 0;
function phantoms() {
  const root = join(folder.path, `spoilt-${copies++}`);
  cpSync(clean, root, { recursive: true });
  return {
    root,
    image: (n: number) => join(root, `sub-00${n}/anat/sub-00${n}_T1w.nii.gz`),
    label: (n: number) => join(root, `derivatives/manual/sub-00${n}/anat/sub-00${n}_desc-manual_dseg.nii.gz`),
  };
}

async function findings(root: string, changes: Partial<CheckedDataset> = {}): Promise<readonly Finding[]> {
  const source: PlanDataSource = {
    layout: 'bids',
    root,
    image: 'T1w',
    label: 'desc-manual_dseg',
    derivative: 'manual',
  };
  const { cases, missing, unused } = searchCases({ source, exclude: [] }, { baseDir: root, cacheDir: root });
  const surveys = await surveyCases(cases, () => {});
  const split = { train: cases.slice(0, 4), validation: cases.slice(4), test: [] };
  return checkDataset({
    surveys,
    missing,
    unused,
    split,
    labels: new Set([0, 1]),
    taught: [1],
    patch: null,
    channels: null,
    // Phantoms lie in six ways, on purpose.
    grid: { orientation: 'RAS', spacing: null },
    intensity: null,
    ...changes,
  });
}

const summary = (all: readonly Finding[]) => all.map(({ severity, kind, cases }) => [severity, kind, ...cases]);

function changeImage(path: string, change: (volume: Volume) => Volume): void {
  writeNifti(path, change(readVolume(path)));
}

function changeLabel(path: string, change: (volume: LabelVolume) => LabelVolume): void {
  writeNifti(path, change(readLabelVolume(path)));
}

function mirrored(
  { data, shape: [nx, ny, nz] }: LabelVolume,
  [x, y, z]: readonly [boolean, boolean, boolean],
): Uint8Array {
  const from = (i: number) => {
    const [a, b, c] = [Math.floor(i / (ny * nz)), Math.floor(i / nz) % ny, i % nz];
    return ((x ? nx - 1 - a : a) * ny + (y ? ny - 1 - b : b)) * nz + (z ? nz - 1 - c : c);
  };
  return data.map((_, i) => data[from(i)] ?? 0);
}

const scaled = (affine: Affine, factor: number): Affine =>
  affine.map(([a, b, c, d], row) => (row < 3 ? [a * factor, b * factor, c * factor, d] : [a, b, c, d]));

describe('data check', () => {
  it('finds nothing in a sound data set', async () => {
    expect(await findings(clean)).toEqual([]);
  });

  it('finds once that no image has a label of the name that is asked for', async () => {
    const { root } = phantoms();
    rmSync(join(root, 'derivatives/manual'), { recursive: true });
    cpSync(join(clean, 'derivatives/manual/sub-001'), join(root, 'derivatives/manual/sub-999'), { recursive: true });
    const [missing, ...others] = (await findings(root)).filter(({ kind }) => kind === 'missing');
    expect(missing?.severity).toBe('error');
    expect(missing?.cases).toHaveLength(6);
    expect(missing?.message).toContain('no label for');
    expect(missing?.message).toContain('dataset.label');
    expect(others).toEqual([]);
  });

  it('finds an image whose label is missing, and a label whose image is', async () => {
    const { root, image, label } = phantoms();
    rmSync(label(2));
    renameSync(image(3), join(root, 'sub-003/anat/sub-003_T2w.nii.gz'));
    const [missing, unused] = await findings(root);
    expect(missing).toMatchObject({ severity: 'warning', kind: 'missing', cases: ['sub-002'] });
    expect(missing?.message).toContain(image(2));
    expect(missing?.message).toContain('a run leaves it out, and `exclude: ["sub-002"]` says that this is meant');
    expect(unused).toMatchObject({ severity: 'warning', kind: 'unused' });
    expect(unused?.message).toContain('sub-003_desc-manual_dseg.nii.gz');
  });

  it('finds a broken file, and goes on', async () => {
    const { root, image } = phantoms();
    copyFileSync(join(root, 'dataset_description.json'), image(2));
    const all = await findings(root);
    expect(summary(all)).toEqual([['error', 'unreadable', 'sub-002']]);
    expect(all[0]?.message).toMatch(/; mend it, or leave it out: `exclude: \["sub-002"\]`$/);
  });

  it('finds labels on another grid: by shape, and by affine alone', async () => {
    const { root, label } = phantoms();
    changeLabel(label(1), ({ shape: [x, y, z], affine, data }) => ({
      shape: [x, y, z - 1],
      affine,
      data: data.slice(0, x * y * (z - 1)),
    }));
    changeLabel(label(2), (volume) => ({ ...volume, affine: scaled(volume.affine, 1.5) }));
    expect(summary(await findings(root))).toEqual([
      ['error', 'grid', 'sub-001'],
      ['error', 'grid', 'sub-002'],
    ]);
  });

  it('finds constant images, and images without numbers', async () => {
    const { root, image } = phantoms();
    changeImage(image(1), (volume) => ({ ...volume, data: volume.data.map(() => 7) }));
    changeImage(image(2), (volume) => ({ ...volume, data: volume.data.map(() => Number.NaN) }));
    changeImage(image(3), (volume) => ({ ...volume, data: volume.data.map((v, i) => (i < 10 ? Number.NaN : v)) }));
    expect(summary(await findings(root))).toEqual([
      ['error', 'constant', 'sub-001'],
      ['error', 'constant', 'sub-002'],
      ['warning', 'not finite', 'sub-003'],
    ]);
  });

  it('finds a window that misses the image', async () => {
    const intensity = { kind: 'range', from: 1e6, to: 2e6, min: 0, max: 1, clip: true } as const;
    expect((await findings(clean, { intensity })).map(({ kind }) => kind)).toEqual(Array(6).fill('window'));
  });

  it('finds empty labels, unexpected values, and classes that nobody has', async () => {
    const { root, label } = phantoms();
    changeLabel(label(1), (volume) => ({ ...volume, data: volume.data.map(() => 0) }));
    changeLabel(label(2), (volume) => ({ ...volume, data: volume.data.map((v) => (v === 1 ? 5 : v)) }));
    changeLabel(label(4), (volume) => ({ ...volume, data: volume.data.map((v) => (v === 1 ? 5 : v)) }));
    expect(summary(await findings(root, { taught: [1, 2] }))).toEqual([
      ['error', 'label value', 'sub-002', 'sub-004'],
      ['warning', 'empty label', 'sub-001'],
      ['warning', 'absent class'],
    ]);
  });

  it('calls a data set whose labels mark nothing at all an error', async () => {
    const { root, label } = phantoms();
    for (let n = 1; n <= 6; n++) changeLabel(label(n), (volume) => ({ ...volume, data: volume.data.map(() => 0) }));
    expect(summary(await findings(root, { taught: [] }))).toMatchObject([
      ['error', 'empty label', ...Array(6).fill(expect.any(String))],
    ]);
  });

  it('finds a label that marks far more or less than the others', async () => {
    const { root, label } = phantoms();
    let left = 3;
    changeLabel(label(1), (volume) => ({ ...volume, data: volume.data.map((v) => (v === 1 && left-- > 0 ? 1 : 0)) }));
    expect(summary(await findings(root))).toEqual([['warning', 'label volume', 'sub-001']]);
  });

  it('finds one image under two names, and says when it leaks from training into validation', async () => {
    const { root, image, label } = phantoms();
    // Other bytes, the same voxels.
    writeNifti(image(2), readVolume(image(1)));
    writeNifti(image(5), readVolume(image(3)));
    copyFileSync(label(1), label(2));
    copyFileSync(label(3), label(5));
    const found = await findings(root);
    expect(summary(found)).toEqual([
      ['error', 'duplicate', 'sub-001', 'sub-002'],
      ['error', 'leak', 'sub-003', 'sub-005'],
    ]);
    expect(found[1]?.message).toContain('train and validation');
  });

  it('finds one label given to two images', async () => {
    const { root, label } = phantoms();
    copyFileSync(label(3), label(5));
    expect(summary(await findings(root))).toContainEqual(['error', 'same label', 'sub-003', 'sub-005']);
  });

  it('suspects one patient behind names that differ in their last number', async () => {
    const { root } = phantoms();
    const cases = ['pat01_scan1', 'pat02_scan1', 'pat01_scan2'].map((id, i) => ({
      id,
      subject: id,
      image: join(root, `sub-00${i + 1}/anat/sub-00${i + 1}_T1w.nii.gz`),
      furtherChannels: [],
      label: join(root, `derivatives/manual/sub-00${i + 1}/anat/sub-00${i + 1}_desc-manual_dseg.nii.gz`),
    }));
    const surveys = await surveyCases(cases, () => {});
    const split = { train: cases.slice(0, 2), validation: cases.slice(2), test: [] };
    expect(summary(await findings(root, { surveys, split }))).toEqual([
      ['warning', 'leak', 'pat01_scan1', 'pat01_scan2'],
    ]);
  });

  it.each([
    ['bottom and top', [false, false, true]],
    ['back and front, bottom and top', [false, true, true]],
    ['left and right, back and front, bottom and top', [true, true, true]],
  ] as const)('finds a label with %s exchanged', async (exchanged, axes) => {
    const { root, label } = phantoms();
    changeLabel(label(1), (volume) => ({ ...volume, data: mirrored(volume, axes) }));
    const found = (await findings(root)).filter(({ kind }) => kind === 'mirrored label');
    expect(summary(found)).toEqual([['warning', 'mirrored label', 'sub-001']]);
    expect(found[0]?.message).toContain(`with ${exchanged} exchanged, `);
  });

  it('finds another spacing', async () => {
    const { root, image, label } = phantoms();
    changeImage(image(4), (volume) => ({ ...volume, affine: scaled(volume.affine, 2.5) }));
    changeLabel(label(4), (volume) => ({ ...volume, affine: scaled(volume.affine, 2.5) }));
    const found = (await findings(root)).filter(({ kind }) => kind === 'spacing');
    expect(new Set(found.flatMap(({ cases }) => cases))).toEqual(new Set(['sub-004']));
  });

  it('finds a mixture of orientations, unless the run turns all alike', async () => {
    const others = ['sub-002', 'sub-003', 'sub-004', 'sub-005', 'sub-006'];
    expect(summary(await findings(clean, { grid: { orientation: null, spacing: null } }))).toEqual(
      others.map((id) => ['warning', 'orientation', id]),
    );
  });

  it('says when most volumes are smaller than the patch', async () => {
    const all = await findings(clean, { patch: [64, 64, 64] });
    expect(summary(all)).toEqual([['warning', 'patch']]);
    expect(all[0]?.message).toMatch(
      /padded with zeros; `patch: \d+x\d+x\d+` lies within [1-6] of them|smaller than any patch/,
    );
    // Resampled to an eighth of a millimetre they have many times as many voxels a side.
    const grid = { orientation: 'RAS', spacing: [0.125, 0.125, 0.125] satisfies [number, number, number] };
    expect(await findings(clean, { patch: [64, 64, 64], grid })).toEqual([]);
  });
});

describe('a data set named by its folder', () => {
  it('is recognised, with the patterns of its images and labels', () => {
    expect(detectSource(clean)).toEqual({
      layout: 'bids',
      root: clean,
      image: 'T1w',
      label: 'desc-manual_dseg',
      derivative: 'manual',
    });
  });

  it('that is none is an error that says what the folder holds', () => {
    const empty = join(folder.path, 'empty');
    mkdirSync(join(empty, 'scans'), { recursive: true });
    expect(() => detectSource(empty)).toThrow('scans');
  });

  it.skipIf(sharedData === null)('is recognised among real ones (needs ../shared/data)', () => {
    expect(detectSource(join(sharedData ?? '', 'msd-hippocampus'))).toMatchObject({ layout: 'decathlon' });
    expect(detectSource(join(sharedData ?? '', 'bids-hippocampus'))).toMatchObject({
      image: 'T1w',
      label: 'desc-manual_dseg',
    });
  });
});

describe('data stats', () => {
  it('counts what the labels mark, in millilitres too', async () => {
    const { cases } = searchCases(
      {
        source: { layout: 'bids', root: clean, image: 'T1w', label: 'desc-manual_dseg', derivative: 'manual' },
        exclude: [],
      },
      { baseDir: clean, cacheDir: clean },
    );
    const stats = datasetStats(await surveyCases(cases.slice(0, 1), () => {}));
    const files = cases[0];
    if (files === undefined) throw new Error('the phantom has cases');
    const { data } = readLabelVolume(files.label);
    const marked = data.filter((value) => value === 1).length;
    const [background, organ] = stats.classes;
    expect(organ).toMatchObject({ label: 1, cases: 1, voxels: { min: marked, median: marked, max: marked } });
    expect(background?.voxels.median).toBe(data.length - marked);
    const [x, y, z] = stats.spacing.map(({ median }) => median);
    expect(organ?.millilitres.median).toBeCloseTo((marked * (x ?? 0) * (y ?? 0) * (z ?? 0)) / 1000, 6);
  });

  it('suggests the median volume, rounded down, and no more than a GPU holds', () => {
    expect(suggestPatch([35, 50, 36])).toEqual([32, 48, 32]);
    expect(suggestPatch([512, 512, 90])).toEqual([96, 112, 80]);
    expect(suggestPatch([5, 5, 5])).toEqual([16, 16, 16]);
  });
});

import { copyFileSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DataOptions, openData } from '../../../runtime/data/data-module.ts';
import { readVolume } from '../../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../../runtime/data/nifti/write.ts';
import { writePhantomDataset } from '../../../runtime/data/phantom/write-dataset.ts';
import type { Batch, DataModule } from '../../../runtime/data/types.ts';
import { repositoryRoot, sharedData } from '../../helpers/python.ts';
import { dataErrorFrom, temporaryFolder } from './volumes.ts';

const folder = temporaryFolder();
const cacheDir = join(folder.path, 'cache');
const workerFile = join(folder.path, 'worker-main.mjs');
const opened: DataModule[] = [];

const options: DataOptions = {
  dataset: {
    source: { layout: 'phantom', subjects: 8, size: 20, seed: 1, channels: 1 },
    foreground: null,
    split: { train: 0.7, validation: 0.15, test: 0.15 },
    subjects: null,
    fold: null,
    orientation: 'RAS',
    spacing: [1, 1, 1],
    cropForeground: null,
    exclude: [],
    intensity: { kind: 'zscore', nonzero: true },
  },
  baseDir: folder.path,
  cacheDir,
  seed: 42,
  patch: [16, 16, 16],
  batchSize: 2,
  sampling: { kind: 'balanced', positive: 1, negative: 1, perCase: 2 },
  augment: [
    { kind: 'affine', rotation: [15, 15, 15], scale: { from: 0.8, to: 1.2 }, translation: [0, 0, 0], probability: 0.5 },
    { kind: 'flip', axes: ['x', 'y', 'z'], probability: 0.5 },
    { kind: 'rotate90', planes: ['xy'], probability: 0.5 },
    { kind: 'gaussian_noise', std: 0.1, probability: 0.5 },
  ],
  workers: 0,
  cache: 'memory',
};

async function open(changes: Partial<DataOptions> = {}): Promise<DataModule> {
  const module = await openData({ ...options, workerEntry: pathToFileURL(workerFile), ...changes });
  opened.push(module);
  return module;
}

async function epochs(module: DataModule, count: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (let epoch = 1; epoch <= count; epoch++) {
    for (let step = 1; step <= module.stepsPerEpoch; step++) batches.push(await module.batch(epoch, step));
  }
  return batches;
}

beforeAll(async () => {
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: ['runtime/data/worker-main.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: workerFile,
  });
});
afterAll(async () => {
  await Promise.all(opened.map((module) => module.close()));
  folder.remove();
});

describe('batches', () => {
  it('are shared memory of the patch and batch size, with class indices', async () => {
    const module = await open();
    expect(module.stepsPerEpoch).toBe(5);
    const batch = await module.batch(1, 1);
    expect(batch.shape).toEqual([2, 16, 16, 16]);
    expect(batch.image).toHaveLength(2 * 16 ** 3);
    expect(batch.image.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(new Set(batch.label)).toEqual(new Set([0, 1]));
    expect(batch.caseIds.every((id) => module.split.train.some((files) => files.id === id))).toBe(true);
  });

  it('are the same with 0, 1 and 4 workers, with and without a cache', async () => {
    const expected = await epochs(await open(), 2);
    for (const changes of [
      { workers: 1 },
      { workers: 4 },
      { workers: 4, cache: 'none' },
      { cache: 'none' },
      { workers: 1, cacheBytes: 200_000 },
      { cache: 'disk' },
      { workers: 2, cache: 'disk' },
      { workers: 1, cache: 'disk', cacheBytes: 150_000 },
    ] as const) {
      expect(await epochs(await open(changes), 2)).toEqual(expected);
    }
  });

  it('are the same for a run that starts in mid-epoch', async () => {
    const expected = await epochs(await open(), 2);
    const resumed = await open({ workers: 1 });
    expect(await resumed.batch(2, 3)).toEqual(expected[5 + 2]);
    expect(await resumed.batch(1, 2)).toEqual(expected[1]);
  });

  it.each([0, 1])(
    'are the same where they were begun before anybody asked, or others were (workers: %i)',
    async (workers) => {
      const expected = await epochs(await open(), 1);
      const module = await open({ workers });
      module.prefetch(1, 2);
      expect(await module.batch(1, 2)).toEqual(expected[1]);
      module.prefetch(1, 5);
      expect(await module.batch(1, 1)).toEqual(expected[0]);
    },
  );

  it('say once how many cases memory had room for, where it had not for all', async () => {
    const told: (readonly [number, number])[] = [];
    const onCacheFull = (cases: number, bytes: number) => told.push([cases, bytes]);
    const whole = await open({ workers: 1, onCacheFull });
    await epochs(whole, 2);
    expect(told).toEqual([]);
    await epochs(await open({ workers: 1, cacheBytes: 200_000, onCacheFull }), 2);
    expect(told).toHaveLength(1);
    expect(told[0]?.[0]).toBeGreaterThan(0);
    expect(told[0]?.[1]).toBeLessThanOrEqual(200_000);
    await epochs(await open({ cache: 'none', onCacheFull }), 1);
    expect(told).toHaveLength(1);
  });

  it('differ between epochs, and between seeds', async () => {
    const [module, other] = [await open(), await open({ seed: 43 })];
    const first = await module.batch(1, 1);
    expect((await module.batch(2, 1)).image).not.toEqual(first.image);
    expect((await other.batch(1, 1)).image).not.toEqual(first.image);
  });

  it('of volumes smaller than the patch are padded with zeros', async () => {
    const module = await open({ patch: [32, 32, 32], augment: [], batchSize: 1 });
    const { image, label } = await module.batch(1, 1);
    expect([image[0], label[0]]).toEqual([0, 0]);
    const prepared = await module.prepared(module.split.train[0] ?? fail());
    expect(Math.max(...prepared.image.shape)).toBeLessThan(32);
  });
});

function fail(): never {
  throw new Error('the split is empty');
}

describe('a prepared case', () => {
  it('has the orientation, spacing and intensity of the plan, from a worker or in line', async () => {
    const [inline, worker] = [await open(), await open({ workers: 1 })];
    const files = inline.split.validation[0] ?? fail();
    const prepared = await inline.prepared(files);
    expect(prepared.image.affine.map((row) => row.slice(0, 3))).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ]);
    const inside = prepared.image.data.filter((value) => value !== 0);
    expect(inside.reduce((sum, value) => sum + value, 0) / inside.length).toBeCloseTo(0, 3);
    expect(prepared.label.shape).toEqual(prepared.image.shape);
    expect(await worker.prepared(files)).toEqual(prepared);
  });
});

describe('the digest', () => {
  it('is of the content, wherever it lies, and changes with a single file', async () => {
    const source = (root: string) => ({
      ...options.dataset,
      source: { layout: 'bids', root, image: 'T1w', label: 'desc-manual_dseg', derivative: null } as const,
    });
    const [a, b] = [join(folder.path, 'a'), join(folder.path, 'b')];
    writePhantomDataset(a, { subjects: 7, size: 10, seed: 1 });
    cpSync(a, b, { recursive: true });
    const digest = async (root: string) => (await open({ dataset: source(root) })).index.digest;
    const first = await digest(a);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await digest(b)).toBe(first);
    copyFileSync(join(b, 'sub-001/anat/sub-001_T1w.nii.gz'), join(b, 'sub-002/anat/sub-002_T1w.nii.gz'));
    expect(await digest(b)).not.toBe(first);
  });

  it('does not need the folder in which it remembers hashes', async () => {
    const file = join(folder.path, 'no-folder');
    writeFileSync(file, '');
    const root = join(folder.path, 'remembered');
    writePhantomDataset(root, { subjects: 7, size: 10, seed: 1 });
    const source = { layout: 'bids', root, image: 'T1w', label: 'desc-manual_dseg', derivative: null } as const;
    const dataset = { ...options.dataset, source };
    const digest = async (where: string) => (await open({ dataset, cacheDir: where })).index.digest;
    expect(await digest(join(file, 'cache'))).toBe(await digest(cacheDir));
  });
});

describe('data that cannot be used', () => {
  const root = join(folder.path, 'damaged');
  const dataset = {
    ...options.dataset,
    source: { layout: 'bids', root, image: 'T1w', label: 'desc-manual_dseg', derivative: null } as const,
    split: { train: 1, validation: 0, test: 0 },
  };
  const label = join(root, 'derivatives/manual/sub-001/anat/sub-001_desc-manual_dseg.nii.gz');
  const image = join(root, 'sub-001/anat/sub-001_T1w.nii.gz');
  const preparing = async (workers: number, changes: Partial<DataOptions> = {}) => {
    const module = await open({ dataset, workers, ...changes });
    return dataErrorFrom(module.prepared(module.index.cases[0] ?? fail()));
  };

  beforeAll(() => writePhantomDataset(root, { subjects: 1, size: 12, seed: 1 }));

  it.each([0, 1])('gives the same error in line and from a worker (workers: %d)', async (workers) => {
    const whole = readVolume(label);
    const labels = Uint8Array.from(whole.data);
    writeNifti(label, { shape: [3, 4, 5], affine: whole.affine, data: new Uint8Array(60) });
    const shape = await preparing(workers);
    expect(shape.code).toBe('EXP4103');
    expect(shape.message).toContain(`${label} is 3x4x5, ${image} is ${whole.shape.join('x')}`);

    const moved = whole.affine.map((row, r) => [row[0], row[1], row[2], r === 1 ? row[3] + 5 : row[3]] as const);
    writeNifti(label, { shape: whole.shape, affine: moved, data: labels });
    expect((await preparing(workers)).message).toMatch(/both are .*, but corners of .* lie 5\.00 mm apart/);

    writeNifti(label, { shape: whole.shape, affine: whole.affine, data: labels.map((value) => value * 3) });
    const classes = await preparing(workers, { classes: 2 });
    expect(classes.code).toBe('EXP4103');
    expect(classes.message).toMatch(/holds label 3, and the model has the classes 0 to 1/);

    writeNifti(label, { shape: whole.shape, affine: whole.affine, data: labels });
    const good = readVolume(image);
    writeNifti(image, { ...good, data: good.data.map(() => Number.NaN) });
    expect((await preparing(workers)).message).toMatch(/holds no finite number/);
    writeNifti(image, good);
  });

  it('fails the batch that needs it', async () => {
    const broken = join(folder.path, 'broken');
    cpSync(root, broken, { recursive: true });
    const path = join(broken, 'sub-001/anat/sub-001_T1w.nii.gz');
    rmSync(path);
    writeFileSync(path, 'no volume');
    for (const workers of [0, 2]) {
      const module = await open({ dataset: { ...dataset, source: { ...dataset.source, root: broken } }, workers });
      const error = await dataErrorFrom(module.batch(1, 1));
      expect(error.code).toBe('EXP4102');
      expect(error.message).toContain(path);
    }
  });
});

describe('workers', () => {
  const program = (code: string) => {
    const path = join(folder.path, `program-${code.length}.mjs`);
    writeFileSync(path, code);
    return pathToFileURL(path);
  };

  it.each([
    [
      'leaves',
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3));`,
      /data worker \d died while it worked on sub-\d+, sub-\d+: it left with exit code 3/,
    ],
    [
      'throws',
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { throw new Error('out of luck'); });`,
      /died while it worked on .*: out of luck/,
    ],
    ['does not even start', `import './nothing-there.mjs';`, /data worker \d died/],
  ])('that one %s fails what waits for it, at once and later', async (_, code, message) => {
    const module = await open({ workers: 2, workerEntry: program(code) });
    await expect(module.batch(1, 1)).rejects.toThrow(message);
    await expect(module.batch(1, 2)).rejects.toThrow(message);
    await expect(module.prepared(module.split.test[0] ?? fail())).rejects.toThrow(message);
  });

  it('that are closed answer no more', async () => {
    const module = await open({ workers: 1 });
    const waiting = module.batch(1, 1);
    await module.close();
    await expect(waiting).rejects.toThrow('closed');
    await expect(module.batch(1, 2)).rejects.toThrow('closed');
  });
});

describe.skipIf(sharedData === null)('the hippocampus data (need shared/data)', () => {
  it('split 35 / 7 / 8 and give normalised patches with both labels merged', async () => {
    const module = await open({
      dataset: {
        ...options.dataset,
        source: { layout: 'bids', root: 'bids-hippocampus', image: 'T1w', label: 'desc-manual_dseg', derivative: null },
        foreground: [1, 2],
      },
      baseDir: sharedData ?? '',
      patch: [48, 64, 48],
      classes: 2,
    });
    expect([module.split.train.length, module.split.validation.length, module.split.test.length]).toEqual([35, 7, 8]);
    for (let step = 1; step <= 5; step++) {
      const { image, label } = await module.batch(1, step);
      expect(new Set(label)).toEqual(new Set([0, 1]));
      expect(image.every(Number.isFinite)).toBe(true);
      expect(image.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(20);
    }
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PlanAugment } from '../compiler/plan/schema.ts';
import { IDENTITY } from '../runtime/data/affine.ts';
import { makeBatch } from '../runtime/data/batch.ts';
import { inMemory } from '../runtime/data/case-source.ts';
import { readVolume } from '../runtime/data/nifti/read.ts';
import { encodeNifti } from '../runtime/data/nifti/write.ts';
import { type RandomStream, randomStream } from '../runtime/data/random.ts';
import { foregroundOffsets } from '../runtime/data/transforms/foreground.ts';
import type { Vec3, Volume } from '../runtime/data/types.ts';

/**
 * Loading NIfTI volumes and augmenting patches, against MONAI on the same files and patch sizes in the same run. Every
 * augmentation at probability 1, one patch a time: `node bench/run.mjs bench/data.ts [side,side,side]`.
 *
 * MONAI runs as its users run it, dictionary transforms on tensors, with one thread or all, whichever is faster.
 */

const REPEATS = 15;

/** A Python with MONAI, as test/reference/setup.sh makes one; without it there is no peer. */
const PYTHONS = [process.env.EXP_REFERENCE_PYTHON, '.venv/bin/python', '../.venv-ref/bin/python'];
const probability = 1;

const AUGMENTATIONS: readonly PlanAugment[] = [
  { kind: 'flip', axes: ['x', 'y', 'z'], probability },
  { kind: 'affine', rotation: [15, 15, 15], scale: { from: 0.85, to: 1.15 }, translation: [0, 0, 0], probability },
  { kind: 'elastic', spacing: 16, magnitude: { from: 1, to: 4 }, probability },
  { kind: 'gamma', range: { from: 0.7, to: 1.5 }, invert: false, retainStats: false, probability },
  { kind: 'gaussian_smooth', sigma: { from: 0.5, to: 1 }, probability },
  { kind: 'low_resolution', zoom: { from: 0.5, to: 1 }, probability },
  { kind: 'bias_field', coefficients: { from: 0, to: 0.1 }, probability },
  { kind: 'intensity_scale', range: 0.1, probability },
  { kind: 'intensity_shift', range: 0.1, probability },
  { kind: 'gaussian_noise', std: 0.1, probability },
];

function noise([x, y, z]: Vec3, random: RandomStream): Volume {
  const data = Float32Array.from({ length: x * y * z }, () => Math.round(random.normal() * 200 + 800));
  return { shape: [x, y, z], affine: IDENTITY, data };
}

/** Milliseconds of each of the repetitions, after one that does not count. */
function timed(work: (repeat: number) => void): number[] {
  work(0);
  return Array.from({ length: REPEATS }, (_, repeat) => {
    const start = performance.now();
    work(repeat + 1);
    return performance.now() - start;
  });
}

function quantile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
}

function measureOurs(files: Readonly<Record<string, string>>, patch: Vec3): Record<string, number[]> {
  const results: Record<string, number[]> = {};
  for (const [name, path] of Object.entries(files)) results[name] = timed(() => readVolume(path));
  const image = noise([patch[0] + 20, patch[1] + 20, patch[2] + 20], randomStream({ seed: 1, purpose: 'phantom' }));
  const label = Uint8Array.from(image.data, (value) => (value > 1000 ? 1 : 0));
  const source = inMemory({
    id: 'bench',
    image,
    label: { ...image, data: label },
    foreground: foregroundOffsets(label),
  });
  const sampling = { kind: 'balanced', positive: 1, negative: 1, perCase: 1 } as const;
  for (const augmentation of AUGMENTATIONS) {
    const settings = { seed: 1, patch, sampling, augment: [augmentation] };
    results[augmentation.kind] = timed((step) => makeBatch([source], settings, 1, step));
  }
  return results;
}

function measurePeer(files: Readonly<Record<string, string>>, patch: Vec3): Record<string, number[]> | null {
  const python = PYTHONS.find((path) => path !== undefined && existsSync(path));
  if (python === undefined) return null;
  const input = JSON.stringify({ files, patch, repeats: REPEATS });
  const run = spawnSync(python, ['-W', 'ignore', 'bench/data.py'], { input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`bench/data.py failed: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

const sides = (process.argv[2] ?? '48,64,48').split(',').map(Number);
const [x = 48, y = 64, z = 48] = sides;
const patch: Vec3 = [x, y, z];
const folder = mkdtempSync(join(tmpdir(), 'exp-bench-data-'));
try {
  const compressed = encodeNifti(noise([160, 160, 128], randomStream({ seed: 2, purpose: 'phantom' })));
  const files = {
    'read .nii.gz 160x160x128': join(folder, 'a.nii.gz'),
    'read .nii 160x160x128': join(folder, 'a.nii'),
  };
  writeFileSync(files['read .nii.gz 160x160x128'], compressed);
  writeFileSync(files['read .nii 160x160x128'], gunzipSync(compressed));
  const ours = measureOurs(files, patch);
  const theirs = measurePeer(files, patch);
  const { length } = cpus();
  process.stdout.write(`${length} × ${cpus()[0]?.model}, Node ${process.versions.node}, patch ${patch.join('x')}\n\n`);
  process.stdout.write('| ms: median (quartiles) | ours | MONAI | times as fast |\n| --- | ---: | ---: | ---: |\n');
  for (const [name, spent] of Object.entries(ours)) {
    const cell = (numbers: readonly number[]) =>
      `${quantile(numbers, 0.5).toFixed(1)} (${quantile(numbers, 0.25).toFixed(1)} to ${quantile(numbers, 0.75).toFixed(1)})`;
    const peer = theirs?.[name];
    const [peerCell, ratio] =
      peer === undefined ? ['–', '–'] : [cell(peer), (quantile(peer, 0.5) / quantile(spent, 0.5)).toFixed(1)];
    process.stdout.write(`| ${name} | ${cell(spent)} | ${peerCell} | ${ratio} |\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

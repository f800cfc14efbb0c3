import type { PlanAugment } from '../../compiler/plan/schema.ts';
import { IDENTITY } from '../../runtime/data/affine.ts';
import { augmentPatch, drawDeformation } from '../../runtime/data/augment/apply.ts';
import { deformPatch } from '../../runtime/data/augment/deform.ts';
import { inMemory } from '../../runtime/data/case-source.ts';
import { placePatch } from '../../runtime/data/kernels/voxel-kernels.ts';
import { readVolume } from '../../runtime/data/nifti/read.ts';
import { type RandomStream, randomStream } from '../../runtime/data/random.ts';
import { foregroundOffsets } from '../../runtime/data/transforms/foreground.ts';
import type { Vec3, Volume } from '../../runtime/data/types.ts';
import { answer, givenJob } from '../harness/subjects.ts';

export interface DataJob {
  readonly files: Readonly<Record<string, string>>;
  readonly patch: Vec3;
  readonly repeats: number;
}

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

export function noise([x, y, z]: Vec3, random: RandomStream): Volume {
  const data = Float32Array.from({ length: x * y * z }, () => Math.round(random.normal() * 200 + 800));
  return { shape: [x, y, z], affine: IDENTITY, data };
}

/**
 * Milliseconds of each of the repetitions, after as many that do not count: compilers optimise what runs often.
 *
 * @param prepare makes what `work` changes, and is not counted
 */
function timed<T>(repeats: number, prepare: () => T, work: (prepared: T, repeat: number) => void): number[] {
  const once = (repeat: number) => {
    const prepared = prepare();
    const start = performance.now();
    work(prepared, repeat);
    return performance.now() - start;
  };
  const repetitions = Array.from({ length: repeats }, (_, repeat) => repeat);
  repetitions.forEach(once);
  return repetitions.map(once);
}

export async function measureData(): Promise<void> {
  const { files, patch, repeats } = await givenJob<DataJob>();
  const results: Record<string, number[]> = {};
  for (const [name, path] of Object.entries(files)) results[`${name}_ms`] = timed(repeats, () => path, readVolume);
  const volume = noise([patch[0] + 20, patch[1] + 20, patch[2] + 20], randomStream({ seed: 1, purpose: 'phantom' }));
  const label = Uint8Array.from(volume.data, (value) => (value > 1000 ? 1 : 0));
  const foreground = foregroundOffsets(label);
  const image = { ...volume, channels: 1 };
  const source = inMemory({ id: 'bench', image, label: { ...volume, data: label }, foreground });
  const voxels = patch[0] * patch[1] * patch[2];
  const straight = { image: new Float32Array(voxels), label: new Int32Array(voxels) };
  source.readImage([10, 10, 10], patch, straight.image);
  source.readLabel([10, 10, 10], patch, straight.label);
  // Where data workers make theirs.
  const clone = () => {
    const target = { ...placePatch(voxels, voxels), shape: patch };
    target.image.set(straight.image);
    target.label.set(straight.label);
    return target;
  };
  for (const augmentation of AUGMENTATIONS) {
    results[`${augmentation.kind}_ms`] = timed(repeats, clone, (target, step) => {
      const address = { seed: 1, epoch: 1, step, item: 0 };
      const deformation = drawDeformation([augmentation], patch, address);
      if (deformation !== null) deformPatch(source, [10, 10, 10], deformation, target);
      augmentPatch(target, [augmentation], address);
    });
  }
  answer(results);
}

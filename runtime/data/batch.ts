import type { PlanAugment, PlanSampling } from '../../compiler/plan/schema.ts';
import { augmentPatch, drawDeformation } from './augment/apply.ts';
import { deformPatch } from './augment/deform.ts';
import type { CaseSource } from './case-source.ts';
import { interleave } from './channels.ts';
import { placePatch } from './kernels/voxel-kernels.ts';
import { randomStream } from './random.ts';
import { patchStart } from './sampler.ts';
import type { Batch, Vec3 } from './types.ts';

export interface BatchSettings {
  readonly seed: number;
  readonly patch: Vec3;
  readonly sampling: PlanSampling;
  readonly augment: readonly PlanAugment[];
}

/** Cuts and augments the patches of one step, in shared memory. A pure function of its arguments. */
export function makeBatch(cases: readonly CaseSource[], settings: BatchSettings, epoch: number, step: number): Batch {
  const { seed, patch, sampling, augment } = settings;
  const voxels = patch[0] * patch[1] * patch[2];
  const channels = cases[0]?.channels ?? 1;
  const image = new Float32Array(new SharedArrayBuffer(cases.length * voxels * channels * 4));
  const label = new Int32Array(new SharedArrayBuffer(cases.length * voxels * 4));
  cases.forEach((source, item) => {
    const address = { seed, epoch, step, item };
    const start = patchStart(source, patch, sampling, randomStream({ ...address, purpose: 'patch' }));
    const target = { ...placePatch(voxels * channels, voxels), shape: patch };
    const deformation = drawDeformation(augment, patch, address);
    if (deformation === null) {
      source.readImage(start, patch, target.image);
      source.readLabel(start, patch, target.label);
    } else deformPatch(source, start, deformation, target);
    augmentPatch(target, augment, address);
    // Channels stand one after another until all is done to them.
    interleave(target.image, channels, image.subarray(item * voxels * channels, (item + 1) * voxels * channels));
    label.set(target.label, item * voxels);
  });
  return { image, label, shape: [cases.length, ...patch], caseIds: cases.map(({ id }) => id) };
}

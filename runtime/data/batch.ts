import type { PlanAugment, PlanSampling } from '../../compiler/plan/schema.ts';
import { augmentPatch, drawDeformation } from './augment/apply.ts';
import { deformPatch } from './augment/deform.ts';
import type { SharedCase } from './prepare.ts';
import { randomStream } from './random.ts';
import { patchStart } from './sampler.ts';
import { copyBox } from './transforms/pad.ts';
import type { Batch, Vec3 } from './types.ts';

export interface BatchSettings {
  readonly seed: number;
  readonly patch: Vec3;
  readonly sampling: PlanSampling;
  readonly augment: readonly PlanAugment[];
}

/** Cuts and augments the patches of one step, in shared memory. A pure function of its arguments. */
export function makeBatch(cases: readonly SharedCase[], settings: BatchSettings, epoch: number, step: number): Batch {
  const { seed, patch, sampling, augment } = settings;
  const voxels = patch[0] * patch[1] * patch[2];
  const image = new Float32Array(new SharedArrayBuffer(cases.length * voxels * 4));
  const label = new Int32Array(new SharedArrayBuffer(cases.length * voxels * 4));
  cases.forEach((prepared, item) => {
    const { shape } = prepared.image;
    const sampled = { shape, label: prepared.label.data, foreground: prepared.foreground };
    const start = patchStart(sampled, patch, sampling, randomStream({ seed, purpose: 'patch', epoch, step, item }));
    const target = {
      image: image.subarray(item * voxels, (item + 1) * voxels),
      label: label.subarray(item * voxels, (item + 1) * voxels),
      shape: patch,
    };
    const address = { seed, epoch, step, item };
    const deformation = drawDeformation(augment, patch, address);
    if (deformation === null) {
      copyBox(prepared.image.data, shape, start, patch, target.image);
      copyBox(prepared.label.data, shape, start, patch, target.label);
    } else {
      deformPatch({ image: prepared.image.data, label: prepared.label.data, shape }, start, deformation, target);
    }
    augmentPatch(target, augment, address);
  });
  return { image, label, shape: [cases.length, ...patch], caseIds: cases.map((prepared) => prepared.id) };
}

import type { PlanSampling } from '../../compiler/plan/schema.ts';
import type { CaseSource } from './case-source.ts';
import { type RandomStream, randomStream, shuffled } from './random.ts';
import { padBefore } from './transforms/pad.ts';
import type { CaseFiles, Vec3 } from './types.ts';

/** Which cases make up a step, and where their patches lie: pure functions of (seed, epoch, step). */

/**
 * The cases of one step. An epoch is a shuffled list in which each case stands `perCase` times; where the last batch
 * is not full it wraps around, so that every batch has the same shape.
 *
 * @param epoch from 1 @param stepInEpoch from 1
 */
export function casesOfStep(
  cases: readonly CaseFiles[],
  sampling: PlanSampling,
  batchSize: number,
  seed: number,
  epoch: number,
  stepInEpoch: number,
): CaseFiles[] {
  const visits = Array.from({ length: sampling.perCase }, () => cases).flat();
  const order = shuffled(visits, randomStream({ seed, purpose: 'epochOrder', epoch }));
  return Array.from({ length: batchSize }, (_, i) => order[((stepInEpoch - 1) * batchSize + i) % order.length]).filter(
    (files) => files !== undefined,
  );
}

/** What sampling needs of a case. */
export type Sampled = Pick<CaseSource, 'shape' | 'foregroundCount' | 'foregroundAt' | 'isForeground'>;

/** Tries to hit background at random before counting it: a volume is mostly background. */
const BACKGROUND_TRIES = 64;

/**
 * First voxel of a patch. Negative along axes where the volume is smaller than the patch and is padded.
 *
 * balanced: the centre is a foreground voxel with probability positive / (positive + negative), else a background voxel;
 * where there is none of the wanted kind, one of the other. Centres too near the border are moved until the patch fits.
 *
 * @see MONAI RandCropByPosNegLabel, monai.transforms.utils.correct_crop_centers
 */
export function patchStart(sampled: Sampled, patch: Vec3, sampling: PlanSampling, random: RandomStream): Vec3 {
  if (sampling.kind === 'uniform') {
    const anywhere = (i: 0 | 1 | 2) => random.integer(Math.max(0, sampled.shape[i] - patch[i]) + 1);
    return shift([anywhere(0), anywhere(1), anywhere(2)], sampled.shape, patch);
  }
  const { shape } = sampled;
  const offset = centreOffset(sampled, sampling, random);
  const centre: Vec3 = [
    Math.floor(offset / (shape[1] * shape[2])),
    Math.floor(offset / shape[2]) % shape[1],
    offset % shape[2],
  ];
  const start = (i: 0 | 1 | 2) =>
    Math.min(Math.max(0, shape[i] - patch[i]), Math.max(0, centre[i] - Math.floor(patch[i] / 2)));
  return shift([start(0), start(1), start(2)], shape, patch);
}

/** From the padded volume's voxels to the volume's own. */
function shift(start: Vec3, shape: Vec3, patch: Vec3): Vec3 {
  const before = padBefore(shape, patch);
  return [start[0] - before[0], start[1] - before[1], start[2] - before[2]];
}

function centreOffset(
  { shape, foregroundCount, foregroundAt, isForeground }: Sampled,
  sampling: Extract<PlanSampling, { kind: 'balanced' }>,
  random: RandomStream,
): number {
  const { positive, negative } = sampling;
  const voxels = shape[0] * shape[1] * shape[2];
  const wantsForeground = random.uniform() * (positive + negative) < positive;
  const hasBackground = foregroundCount < voxels;
  if ((wantsForeground && foregroundCount > 0) || !hasBackground) return foregroundAt(random.integer(foregroundCount));
  for (let tries = 0; tries < BACKGROUND_TRIES; tries++) {
    const offset = random.integer(voxels);
    if (!isForeground(offset)) return offset;
  }
  return nthBackground(random.integer(voxels - foregroundCount), foregroundCount, foregroundAt);
}

/** Before the i-th foreground voxel lie foregroundAt(i) − i background voxels, a number that never falls: bisection. */
function nthBackground(n: number, foregroundCount: number, foregroundAt: (index: number) => number): number {
  let [low, high] = [0, foregroundCount];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (foregroundAt(middle) - middle > n) high = middle;
    else low = middle + 1;
  }
  return n + low;
}

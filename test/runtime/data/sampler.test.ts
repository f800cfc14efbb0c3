import { describe, expect, it } from 'vitest';
import { stepsPerEpoch } from '../../../compiler/plan/counts.ts';
import { IDENTITY } from '../../../runtime/data/affine.ts';
import { randomStream } from '../../../runtime/data/random.ts';
import { casesOfStep, patchStart } from '../../../runtime/data/sampler.ts';
import type { Vec3 } from '../../../runtime/data/types.ts';
import { ballLabels, caseOf } from './volumes.ts';

const balanced = (positive: number, negative: number, perCase = 1) =>
  ({ kind: 'balanced', positive, negative, perCase }) as const;
const cases = Array.from({ length: 7 }, (_, i) => ({
  id: `sub-${i}`,
  subject: `sub-${i}`,
  image: '',
  furtherChannels: [],
  label: '',
}));

describe('an epoch', () => {
  const visits = (perCase: number, batchSize: number, epoch = 1) => {
    const sampling = balanced(1, 1, perCase);
    return Array.from({ length: stepsPerEpoch(cases.length, sampling, batchSize) }, (_, i) =>
      casesOfStep(cases, sampling, batchSize, 42, epoch, i + 1).map((files) => files.id),
    );
  };

  it('of 35 cases, two a batch, has 18 steps', () => {
    expect(stepsPerEpoch(35, balanced(1, 1), 2)).toBe(18);
  });

  it('visits every case per_case times', () => {
    const counts = new Map<string, number>();
    for (const id of visits(3, 3).flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect([...counts.values()]).toEqual(Array.from({ length: 7 }, () => 3));
  });

  it('fills its last batch from its beginning, so that all batches have one size', () => {
    const steps = visits(1, 4);
    expect(steps.map((step) => step.length)).toEqual([4, 4]);
    expect(steps[1]?.[3]).toBe(steps[0]?.[0]);
  });

  it('fills a batch larger than the data set by going round', () => {
    expect(visits(1, 16)[0]?.length).toBe(16);
  });

  it('has an order of its own', () => {
    expect(visits(1, 1, 1)).toEqual(visits(1, 1, 1));
    expect(visits(1, 1, 1)).not.toEqual(visits(1, 1, 2));
  });
});

describe('a patch', () => {
  const shape: Vec3 = [20, 24, 16];
  const { data: label } = ballLabels(shape, IDENTITY);
  const labelled = (labels: Uint8Array) => caseOf(new Float32Array(labels.length), labels, shape);
  const sampled = labelled(label);
  const starts = (patch: Vec3, sampling: Parameters<typeof patchStart>[2], from = sampled) =>
    Array.from({ length: 400 }, (_, step) =>
      patchStart(from, patch, sampling, randomStream({ seed: 1, purpose: 'patch', step })),
    );
  const centreLabel = ([x, y, z]: Vec3, patch: Vec3) =>
    label[
      ((x + Math.floor(patch[0] / 2)) * shape[1] + y + Math.floor(patch[1] / 2)) * shape[2] +
        z +
        Math.floor(patch[2] / 2)
    ] ?? 0;

  it('always lies inside a volume that is large enough', () => {
    for (const sampling of [balanced(1, 1), { kind: 'uniform', perCase: 1 } as const]) {
      for (const start of starts([8, 8, 15], sampling)) {
        start.forEach((first, axis) => {
          expect(first).toBeGreaterThanOrEqual(0);
          expect(first).toBeLessThanOrEqual((shape[axis] ?? 0) - ([8, 8, 15][axis] ?? 0));
        });
      }
    }
  });

  it('has a foreground centre in positive of positive + negative cases', () => {
    const patch: Vec3 = [1, 1, 1];
    const share = (positive: number, negative: number) =>
      starts(patch, balanced(positive, negative)).filter((start) => centreLabel(start, patch) > 0).length / 400;
    expect(share(1, 0)).toBe(1);
    expect(share(0, 1)).toBe(0);
    expect(share(1, 1)).toBeGreaterThan(0.42);
    expect(share(1, 1)).toBeLessThan(0.58);
    expect(share(3, 1)).toBeGreaterThan(0.68);
    expect(share(3, 1)).toBeLessThan(0.82);
  });

  it('takes the other kind where the wanted one is missing', () => {
    const empty = labelled(new Uint8Array(label.length));
    const full = labelled(label.map(() => 1));
    expect(starts([4, 4, 4], balanced(1, 0), empty)).toHaveLength(400);
    expect(starts([4, 4, 4], balanced(0, 1), full)).toHaveLength(400);
  });

  it('finds the one background voxel of a volume that is all foreground', () => {
    const almost = label.map((_, i) => (i === 4321 ? 0 : 1));
    const found = starts([1, 1, 1], balanced(0, 1), labelled(almost));
    const [x, y, z] = found[0] ?? [0, 0, 0];
    expect((x * shape[1] + y) * shape[2] + z).toBe(4321);
  });

  it('larger than the volume is padded on both sides alike', () => {
    expect(patchStart(sampled, [26, 24, 19], balanced(1, 1), randomStream({ seed: 1, purpose: 'patch' }))).toEqual([
      -3, 0, -1,
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { ModelFacts, PlanEnvironment } from '../../../compiler/plan/schema.ts';
import { planBatchSize } from '../../../compiler/planner/batch-size.ts';

const gpu: PlanEnvironment = {
  name: 'test',
  gpu: { name: 'T4', memoryBytes: 16e9, count: 1 },
  cpuCores: 4,
  memoryBytes: 16e9,
  pricePerHourUsd: 0.5,
  scheduler: null,
};
const unknown: PlanEnvironment = { ...gpu, name: 'local', gpu: null, memoryBytes: null };

/** A network whose activations take 3 GB a patch. */
const factsAt = (batchSize: number): ModelFacts => ({
  parameters: 1000,
  parameterTensors: 10,
  forwardFlops: 1e9 * batchSize,
  stepFlops: 3e9 * batchSize,
  stateBytes: 0.2e9,
  activationPeakBytes: 3e9 * batchSize,
});

describe('the batch size', () => {
  it('is the largest of a range that fits the GPU: 0.2 + 3.45 n + 0.8 GB of 15.04', () => {
    expect(planBatchSize({ from: 1, to: 64 }, gpu, factsAt)).toMatchObject({ kind: 'fits', batchSize: 4 });
    expect(planBatchSize({ from: 1, to: 4 }, gpu, factsAt)).toMatchObject({ batchSize: 4 });
    expect(planBatchSize({ from: 2, to: 3 }, gpu, factsAt)).toMatchObject({ batchSize: 3 });
  });

  it('looks at few candidates', () => {
    const seen: number[] = [];
    planBatchSize({ from: 1, to: 1024 }, gpu, (batchSize) => {
      seen.push(batchSize);
      return factsAt(batchSize);
    });
    expect(seen.length).toBeLessThanOrEqual(12);
  });

  it('is refused where not even the smallest fits', () => {
    expect(planBatchSize({ from: 5, to: 8 }, gpu, factsAt)).toMatchObject({ kind: 'tooLarge', available: 16e9 });
  });

  it('that a person chose is refused only where it cannot fit at all', () => {
    expect(planBatchSize({ from: 5, to: 5 }, gpu, factsAt)).toMatchObject({ kind: 'fits', batchSize: 5, reason: null });
    expect(planBatchSize({ from: 6, to: 6 }, gpu, factsAt)).toMatchObject({ kind: 'tooLarge' });
  });

  it('is the smallest where the memory is not known', () => {
    expect(planBatchSize({ from: 2, to: 4 }, unknown, factsAt)).toMatchObject({ kind: 'unknown', batchSize: 2 });
  });
});

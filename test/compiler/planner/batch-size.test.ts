import { describe, expect, it } from 'vitest';
import type { ModelFacts, PlanEnvironment } from '../../../compiler/plan/schema.ts';
import { planBatchSize } from '../../../compiler/planner/batch-size.ts';
import { memoryLimit } from '../../../compiler/planner/memory.ts';

const environment: PlanEnvironment = {
  name: 'test',
  gpu: { name: 'T4', memoryBytes: 16e9, count: 1 },
  cpuCores: 4,
  memoryBytes: 16e9,
  pricePerHourUsd: 0.5,
  scheduler: null,
};
const gpu = memoryLimit(environment, null);
const unknown = memoryLimit({ ...environment, name: 'local', gpu: null, memoryBytes: null }, null);

/** A network whose activations take 3 GB a patch, of which `least` cannot be computed again. */
const network =
  (least: number) =>
  (batchSize: number, activationLimitBytes: number | null): ModelFacts => {
    const all = 3e9 * batchSize;
    const kept = Math.max(least * all, Math.min(all, activationLimitBytes ?? all));
    const again = (all - kept) / 1e9;
    return {
      parameters: 1000,
      parameterTensors: 10,
      forwardFlops: 1e9 * batchSize,
      stepFlops: 3e9 * batchSize + 1e8 * again,
      stateBytes: 0.2e9,
      activationPeakBytes: kept,
      recomputedTensors: Math.ceil(again),
      recomputedBytes: all - kept,
      recomputedFlops: 1e8 * again,
    };
  };
const factsAt = network(1);

describe('the batch size', () => {
  it('is the largest of a range that fits the GPU: 0.2 + 3.45 n + 0.8 GB of 15.04', () => {
    expect(planBatchSize({ from: 1, to: 64 }, gpu, factsAt)).toMatchObject({ kind: 'fits', batchSize: 4 });
    expect(planBatchSize({ from: 1, to: 4 }, gpu, factsAt)).toMatchObject({ batchSize: 4 });
    expect(planBatchSize({ from: 2, to: 3 }, gpu, factsAt)).toMatchObject({ batchSize: 3 });
  });

  it('looks at few candidates', () => {
    const seen: number[] = [];
    planBatchSize({ from: 1, to: 1024 }, gpu, (batchSize, limit) => {
      seen.push(batchSize);
      return factsAt(batchSize, limit);
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

  it('keeps what fits, and computes activations again only for what does not', () => {
    expect(planBatchSize({ from: 4, to: 4 }, gpu, network(0.5))).toMatchObject({ activationLimitBytes: null });
    expect(planBatchSize({ from: 1, to: 64 }, gpu, network(0.5))).toMatchObject({
      batchSize: 4,
      activationLimitBytes: null,
    });
    const plan = planBatchSize({ from: 6, to: 6 }, gpu, network(0.5));
    // 15.04 GB − 0.2 of state − 0.8 of overhead, and 15 % of workspace on top of activations
    expect(plan).toMatchObject({ kind: 'fits', batchSize: 6, activationLimitBytes: Math.floor(14.04e9 / 1.15) });
    expect(plan).toHaveProperty(
      'recomputeReason',
      'to fit the 15.0 GB of T4: 6 tensors are computed again instead of kept, 5.8 GB less for 3.2 % more arithmetic',
    );
  });

  it('is refused where not even that is enough', () => {
    expect(planBatchSize({ from: 12, to: 12 }, gpu, network(0.5))).toMatchObject({ kind: 'tooLarge' });
  });

  it('obeys what the experiment allows itself, where that is less than there is', () => {
    const allowed = memoryLimit(environment, 4e9);
    expect(planBatchSize({ from: 1, to: 8 }, allowed, network(0.5))).toMatchObject({
      batchSize: 1,
      activationLimitBytes: Math.floor(3e9 / 1.15),
    });
    expect(memoryLimit(environment, 64e9)).toEqual(gpu);
  });
});

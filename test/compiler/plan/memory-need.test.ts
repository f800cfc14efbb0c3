import { describe, expect, it } from 'vitest';
import { activationsWithin, memoryNeed } from '../../../compiler/plan/memory-need.ts';
import { tinyPlanFile } from '../../helpers/tiny-plan.ts';

const GB = 1e9;
const facts = (stateBytes: number, activationPeakBytes: number) => ({
  ...tinyPlanFile().plan.facts,
  stateBytes,
  activationPeakBytes,
});

describe('the memory that is planned', () => {
  // Peak resident set of whole trainers, measured in November 2026: see the table beside the factors.
  it.each([
    ['SegResNet 8 at 16³', 0.019, 0.009, 0.54],
    ['SegResNet 16 at 64³', 0.075, 0.316, 1.214],
    ['SegResNet 16 at 96³', 0.075, 1.021, 2.218],
    ['SwinUNETR 24 at 64³', 0.251, 1.262, 2.793],
    ['SwinUNETR 24 at 96³', 0.251, 3.43, 5.257],
  ])('is within 15 %% of what was measured: %s', (_, state, activations, resident) => {
    const { least, expected } = memoryNeed(facts(state * GB, activations * GB), false);
    expect(Math.abs(expected / (resident * GB) - 1)).toBeLessThan(0.15);
    expect(least).toBeLessThan(expected);
  });

  it('counts a gradient once, among the activations of the step that makes it', () => {
    const parameters = 1_000_000;
    const [weightsGradientAndMoments, activations] = [4 * 4 * parameters, 40e6];
    const given = { parameters, stateBytes: weightsGradientAndMoments, activationPeakBytes: activations };
    expect(memoryNeed(given, false).least).toBe(3 * 4 * parameters + activations);
  });

  it.each([true, false])('is turned round for what activations may take (GPU: %s)', (onGpu) => {
    const given = facts(1 * GB, 3 * GB);
    const { expected } = memoryNeed(given, onGpu);
    expect(activationsWithin(expected, given, onGpu)).toBeCloseTo(3 * GB, -1);
    expect(activationsWithin(0.5 * GB, given, onGpu)).toBeNull();
  });
});

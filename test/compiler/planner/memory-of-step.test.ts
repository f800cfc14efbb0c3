import { describe, expect, it } from 'vitest';
import { factsOf, memoryOf } from '../../../compiler/planner/facts.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';

/** `exp check` asks what a step holds without asking what it computes: both have to say the same. */
describe('the memory of a step by itself', () => {
  it.each([1, 3])('is what the whole description says, in batches of %i', (batchSize) => {
    const settings = { ...tinyPlan(), batchSize, activationLimitBytes: null };
    const { stateBytes, activationPeakBytes } = memoryOf(settings);
    expect(factsOf(settings)).toMatchObject({ stateBytes, activationPeakBytes });
  });
});

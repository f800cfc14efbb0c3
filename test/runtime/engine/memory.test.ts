import { describe, expect, it } from 'vitest';
import { describeStep } from '../../../compiler/graph/facts.ts';
import { trainingProgram } from '../../../compiler/graph/programs.ts';
import { memoryNeed } from '../../../compiler/plan/memory-need.ts';
import type { PlanModel } from '../../../compiler/plan/schema.ts';
import { openNativeEngine } from '../../../runtime/engine/native/open.ts';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import { createLearner } from '../../../runtime/training/learner.ts';
import { ADAMW, DICE_CE, DYNUNET, SEGRESNET, SWIN_UNETR, UNET } from '../../helpers/models.ts';
import { NO_NATIVE } from './helpers/engines.ts';

/**
 * The planner's peak of activations against the executor's own account of every tensor it makes, temporaries of kernels
 * included, node by node.
 */

const located = locateBinding();

const CASES: readonly (readonly [string, PlanModel, side: number, limit: number | null])[] = [
  ['SegResNet', SEGRESNET, 32, null],
  ['SegResNet that computes tensors again', SEGRESNET, 32, 0.7],
  ['UNet', { ...UNET, channels: [16, 32, 64] }, 32, null],
  ['DynUNet', { ...DYNUNET, filters: [16, 32, 64, 64] }, 32, null],
  ['SwinUNETR', { ...SWIN_UNETR, featureSize: 12, depths: [2, 1, 1, 1] }, 64, null],
];

describe.skipIf(located === null)(`what a step allocates (${NO_NATIVE})`, () => {
  it.each(CASES)('is what the planner says for a %s', { timeout: 120_000 }, (_name, model, side, limit) => {
    if (located === null) return;
    const engine = openNativeEngine(located, { wholeFrom: Number.POSITIVE_INFINITY });
    const settings = {
      model,
      batchSize: 1,
      loss: DICE_CE,
      optimizer: ADAMW,
      activationLimitBytes: null,
      precision: 'float32' as const,
    };
    const patch: [number, number, number] = [side, side, side];
    const keeping = trainingProgram({ ...settings, patch });
    const activationLimitBytes = limit === null ? null : limit * keeping.step.activationPeakBytes;
    const { step, weightCount } = trainingProgram({ ...settings, patch, activationLimitBytes });
    const inputs = {
      weights: engine.upload(new Float32Array(weightCount).fill(0.01), [weightCount]),
      image: engine.upload(new Float32Array(side ** 3).fill(0.5), [1, ...patch, 1]),
      label: engine.upload(new Int32Array(side ** 3), [1, ...patch]),
    };
    engine.dispose(...Object.values(engine.execute(step, inputs)));
    // What is left are inputs and constants.
    const { peakBytes, bytes } = engine.memory();
    expect((peakBytes - bytes) / step.activationPeakBytes).toBeGreaterThan(0.95);
    expect((peakBytes - bytes) / step.activationPeakBytes).toBeLessThan(1.05);
    engine.close();
  });

  // Large weights beside small activations: a gradient that is counted twice would be 15 % of it.
  it('is what the planner says of whole training steps, with weights and optimizer state', async () => {
    if (located === null) return;
    const side = 32;
    const settings = {
      model: { ...SEGRESNET, initFilters: 16 },
      batchSize: 1,
      patch: [side, side, side] satisfies [number, number, number],
      loss: DICE_CE,
      optimizer: ADAMW,
      activationLimitBytes: null,
      precision: 'float32' as const,
    };
    const engine = openNativeEngine(located, { wholeFrom: Number.POSITIVE_INFINITY });
    const learner = createLearner(engine, trainingProgram(settings), ADAMW, 1, null);
    const batch = {
      image: new Float32Array(side ** 3).fill(0.5),
      label: new Int32Array(side ** 3),
      shape: [1, side, side, side] as const,
      caseIds: ['grey'],
    };
    for (const step of [1, 2]) {
      await learner.computeLoss(batch);
      await learner.update(1e-4, step);
    }
    const { least } = memoryNeed(describeStep(settings).facts, false);
    expect(engine.memory().peakBytes / least).toBeGreaterThan(0.95);
    expect(engine.memory().peakBytes / least).toBeLessThan(1.05);
    learner.close();
    engine.close();
  });
});

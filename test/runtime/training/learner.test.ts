import { expect, it } from 'vitest';
import { trainingProgram } from '../../../compiler/graph/programs.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import type { PlanOptimizer } from '../../../compiler/plan/schema.ts';
import type { TrainedVectors } from '../../../runtime/checkpoints/checkpoint.ts';
import { createLearner, type Learner } from '../../../runtime/training/learner.ts';
import { ADAMW, SGD } from '../../helpers/models.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';
import { native, portable } from '../engine/helpers/engines.ts';
import { noise } from '../engine/helpers/single-op.ts';

const engine = native ?? portable;
const plan = tinyPlan({ patch: [8, 8, 8] });
const batch = {
  image: Float32Array.from(noise([8 ** 3], 1).data),
  label: Int32Array.from({ length: 8 ** 3 }, (_, voxel) => (voxel % 5 === 0 ? 1 : 0)),
  shape: [1, 8, 8, 8],
  caseIds: [],
} as const;

function learnerOf(optimizer: PlanOptimizer, from: TrainedVectors | null = null): Learner {
  return createLearner(engine, trainingProgram({ ...plan, optimizer }), optimizer, plan.seed, from);
}

async function takeSteps(learner: Learner, first: number, last: number): Promise<void> {
  for (let step = first; step <= last; step++) {
    await learner.computeLoss(batch);
    await learner.update(0.01, step);
  }
}

it('averages the weights of all steps, the first of them for a short time', async () => {
  const learner = learnerOf({ ...ADAMW, ema: 0.5 });
  let average = Float64Array.from(initialWeights(trainingProgram(plan).weights, plan.seed));
  for (let step = 1; step <= 12; step++) {
    await takeSteps(learner, step, step);
    const { state } = await learner.vectors();
    // 2/11, 3/12, … until 0.5 at step 8.
    const decay = Math.min(0.5, (1 + step) / (10 + step));
    average = average.map((value, index) => decay * value + (1 - decay) * (state?.trained?.[index] ?? Number.NaN));
  }
  const { weights } = await learner.vectors();
  const evaluated = await engine.download(learner.evaluated);
  learner.close();
  expect(evaluated).toEqual(weights);
  expect(Math.max(...weights.map((value, index) => Math.abs(value - (average[index] ?? 0))))).toBeLessThan(1e-6);
});

it('evaluates the weights themselves where the plan keeps no average', async () => {
  const learner = learnerOf(SGD);
  await takeSteps(learner, 1, 2);
  const { weights, state } = await learner.vectors();
  expect(await engine.download(learner.evaluated)).toEqual(weights);
  expect(Object.keys(state ?? {})).toEqual(['momentum_buffer']);
  learner.close();
});

it.each([
  ['adamw with an average', { ...ADAMW, ema: 0.9 }],
  ['sgd with an average', { ...SGD, ema: 0.9 }],
  ['sgd', SGD],
])('goes on from its own vectors bit for bit: %s', async (_name, optimizer) => {
  const through = learnerOf(optimizer);
  await takeSteps(through, 1, 6);
  const first = learnerOf(optimizer);
  await takeSteps(first, 1, 3);
  const second = learnerOf(optimizer, await first.vectors());
  await takeSteps(second, 4, 6);
  expect(await second.vectors()).toEqual(await through.vectors());
  for (const learner of [through, first, second]) learner.close();
});

it('knows of a step that is no number before it is applied, and leaves it out without a trace', async () => {
  const optimizer = { ...ADAMW, ema: 0.9, gradientClip: 1 };
  const [disturbed, undisturbed] = [learnerOf(optimizer), learnerOf(optimizer)];
  await takeSteps(disturbed, 1, 2);
  await takeSteps(undisturbed, 1, 2);
  const before = await disturbed.vectors();
  const huge = { ...batch, image: batch.image.map((value) => value * 1e37) };
  expect(await disturbed.computeLoss(huge)).toBeNaN();
  expect(await disturbed.gradientNorm()).toBeNaN();
  expect(await disturbed.notFinite('gradient')).toMatchObject({ value: Number.NaN, parameter: expect.any(String) });
  expect(await disturbed.notFinite('weights')).toBeNull();
  expect(await disturbed.vectors()).toEqual(before);
  await takeSteps(disturbed, 3, 4);
  await takeSteps(undisturbed, 3, 4);
  expect(await disturbed.vectors()).toEqual(await undisturbed.vectors());
  for (const learner of [disturbed, undisturbed]) learner.close();
});

it('leaves nothing in the engine', async () => {
  const train = async () => {
    const learner = learnerOf({ ...ADAMW, ema: 0.9, gradientClip: 1 });
    await takeSteps(learner, 1, 2);
    learner.close();
    return engine.memory().tensors;
  };
  // Constants of each program stay until the engine closes: as many each time.
  const [first, second, third] = [await train(), await train(), await train()];
  expect(third - second).toBe(second - first);
});

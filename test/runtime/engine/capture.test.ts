import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { graphBuilder } from '../../../compiler/graph/builder.ts';
import { type TrainingProgram, trainingProgram } from '../../../compiler/graph/programs.ts';
import { schedule } from '../../../compiler/graph/schedule.ts';
import type { OpName } from '../../../compiler/graph/types.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import type { PlanModel } from '../../../compiler/plan/schema.ts';
import { CONSUMED_INPUTS } from '../../../runtime/engine/backend.ts';
import { openNativeEngine } from '../../../runtime/engine/native/open.ts';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import type { Engine } from '../../../runtime/engine/types.ts';
import { createLearner } from '../../../runtime/training/learner.ts';
import { ADAMW, DICE_CE, SEGRESNET, SWIN_UNETR, TWO, UNET } from '../../helpers/models.ts';
import { NO_NATIVE, portable } from './helpers/engines.ts';
import { evaluateAll, expectAgreement } from './helpers/evaluate.ts';
import { OP_CASES } from './helpers/op-cases.ts';
import { noise } from './helpers/single-op.ts';

/** A schedule that is run as one TensorFlow graph gives what it gives node by node, every time the same. */

/** So that ops overlap, as they do in a trainer. */
vi.hoisted(() => {
  process.env.TF_NUM_INTEROP_THREADS = '2';
});

/** A busy machine makes ten seconds of arithmetic a minute. */
vi.setConfig({ testTimeout: 120_000 });

const located = locateBinding();
const open = (wholeFrom: number) => (located === null ? portable : openNativeEngine(located, { wholeFrom }));
const stepwise = open(Number.POSITIVE_INFINITY);
const whole = open(1);

const SIDE = 32;
const NETWORKS: readonly (readonly [string, PlanModel])[] = [
  ['SegResNet', SEGRESNET],
  ['SwinUNETR', { ...SWIN_UNETR, featureSize: 12, depths: [2, 1, 1, 1] }],
  ['UNet', { ...UNET, strides: [TWO, TWO] }],
];
const OPS = (Object.keys(OP_CASES) as OpName[]).filter((op) => CONSUMED_INPUTS[op] === undefined);

function program(model: PlanModel, activationLimitBytes: number | null = null): TrainingProgram {
  const settings = {
    batchSize: 1,
    loss: DICE_CE,
    optimizer: ADAMW,
    activationLimitBytes,
    precision: 'float32' as const,
  };
  return trainingProgram({ model, patch: [SIDE, SIDE, SIDE], ...settings });
}

/** Drawing millions of numbers takes longer than the steps. */
const starts = new Map<TrainingProgram['weights'], Float32Array>();
function startOf(weights: TrainingProgram['weights']): Float32Array {
  const start = starts.get(weights) ?? initialWeights(weights, 7);
  starts.set(weights, start);
  return start;
}

/** The gradient, with the loss in place of its first element. */
async function lossAndGradient(engine: Engine, { step, weights, weightCount }: TrainingProgram) {
  const shape = [1, SIDE, SIDE, SIDE];
  const inputs = {
    weights: engine.upload(startOf(weights), [weightCount]),
    image: engine.upload(noise(shape, 1).data, [...shape, 1]),
    label: engine.upload(
      Int32Array.from(noise(shape, 2).data, (x) => Number(x > 0.5)),
      shape,
    ),
  };
  const outputs = engine.execute(step, inputs);
  const [loss, gradient] = [outputs.loss, outputs.gradient];
  if (loss === undefined || gradient === undefined) throw new Error('the step has no loss or no gradient');
  const values = Float32Array.from(await engine.download(gradient));
  values[0] = (await engine.download(loss))[0] ?? Number.NaN;
  engine.dispose(...Object.values(inputs), loss, gradient);
  return values;
}

function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  let [scale, difference] = [0, 0];
  expected.forEach((value, at) => {
    scale = Math.max(scale, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - (actual[at] ?? Number.NaN)));
  });
  return difference / scale;
}

describe.skipIf(located === null)(`a schedule as one TensorFlow graph (${NO_NATIVE})`, () => {
  it.each(OPS)('%s gives what the portable kernel gives', async (op) => {
    expectAgreement(op, await evaluateAll(whole, op), await evaluateAll(portable, op));
  });

  it.each(NETWORKS)('a training step of %s gives what it gives node by node', async (_name, model) => {
    const step = program(model);
    const expected = await lossAndGradient(stepwise, step);
    const actual = await lossAndGradient(whole, step);
    expect(relativeDifference(actual, expected)).toBeLessThan(2e-5);
    expect(Buffer.from((await lossAndGradient(whole, step)).buffer).equals(Buffer.from(actual.buffer))).toBe(true);
  });

  it('tensors that are computed again make no difference', async () => {
    const kept = program(SEGRESNET);
    const recomputing = program(SEGRESNET, 0.6 * kept.step.activationPeakBytes);
    expect(recomputing.recomputation?.tensors).toBeGreaterThan(0);
    const expected = await lossAndGradient(whole, kept);
    expect(relativeDifference(await lossAndGradient(whole, recomputing), expected)).toBeLessThan(1e-6);
  });

  it('names the layer of an op that TensorFlow refuses, and leaves nothing behind', () => {
    const g = graphBuilder();
    const table = g.input('table', [3]);
    const indices = g.input('indices', [1], 'int32');
    g.inScope('encoder1.layer', () => g.output('y', g.exp(g.gather(table, indices))));
    const looking = schedule(g.finish());
    const inputs = (index: number) => ({
      table: whole.upload(Float32Array.of(1, 2, 3), [3]),
      indices: whole.upload(Int32Array.of(index), [1]),
    });
    const [inside, outside] = [inputs(2), inputs(7)];
    whole.dispose(...Object.values(whole.execute(looking, inside)));
    const before = whole.memory().tensors;
    expect(() => whole.execute(looking, outside)).toThrow('encoder1.layer');
    expect(whole.memory().tensors).toBe(before);
    whole.dispose(...Object.values(inside), ...Object.values(outside));
  });

  it('goes on node by node where TensorFlow cannot be given the graph, and says so', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    vi.stubEnv('TMPDIR', join(tmpdir(), 'no-such-folder'));
    const step = program(UNET);
    const actual = await lossAndGradient(whole, step);
    vi.unstubAllEnvs();
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('op by op'));
    warned.mockRestore();
    expect(relativeDifference(actual, await lossAndGradient(stepwise, step))).toBe(0);
  });

  it('1,000 steps leave no more tensors than the first', async () => {
    const side = 8;
    const settings = {
      batchSize: 1,
      loss: DICE_CE,
      optimizer: ADAMW,
      activationLimitBytes: null,
      precision: 'float32' as const,
    };
    const step = trainingProgram({
      model: { ...UNET, channels: [2, 4], strides: [TWO] },
      patch: [side, side, side],
      ...settings,
    });
    const learner = createLearner(whole, step, ADAMW, 1, null);
    const shape = [1, side, side, side] as const;
    const batch = {
      image: Float32Array.from(noise(shape, 1).data),
      label: new Int32Array(side ** 3),
      shape,
      caseIds: [],
    };
    const take = async (number: number) => {
      await learner.computeLoss(batch);
      await learner.update(1e-3, number);
    };
    await take(1);
    const { tensors, bytes } = whole.memory();
    for (let number = 2; number <= 1000; number++) await take(number);
    expect(whole.memory()).toMatchObject({ tensors, bytes });
    learner.close();
  });
});

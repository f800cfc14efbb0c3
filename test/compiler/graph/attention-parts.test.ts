import { describe, expect, it } from 'vitest';
import { type TrainingProgram, trainingProgram } from '../../../compiler/graph/programs.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import { ADAMW, DICE_CE, SWIN_UNETR } from '../../helpers/models.ts';
import { native, portable } from '../../runtime/engine/helpers/engines.ts';
import { noise } from '../../runtime/engine/helpers/single-op.ts';

/** A step of SwinUNETR that has to do with very little memory goes through its windows of attention in parts. */

const SIDE = 32;
const engine = native ?? portable;

function program(activationLimitBytes: number | null): TrainingProgram {
  const model = { ...SWIN_UNETR, featureSize: 12, depths: [2, 1, 1, 1] as const };
  return trainingProgram({
    model: { ...model, depths: [...model.depths] },
    patch: [SIDE, SIDE, SIDE],
    batchSize: 1,
    loss: DICE_CE,
    optimizer: ADAMW,
    activationLimitBytes,
    precision: 'float32',
  });
}

const softmaxes = ({ step }: TrainingProgram) =>
  step.graph.nodes.filter(({ op, scope }) => op === 'softmax' && !scope.includes('/')).length;

async function gradientOf({ step, weights, weightCount }: TrainingProgram): Promise<Float32Array> {
  const shape = [1, SIDE, SIDE, SIDE];
  const inputs = {
    weights: engine.upload(initialWeights(weights, 7), [weightCount]),
    image: engine.upload(noise(shape, 1).data, [...shape, 1]),
    label: engine.upload(
      Int32Array.from(noise(shape, 2).data, (x) => Number(x > 0.5)),
      shape,
    ),
  };
  const { loss, gradient } = engine.execute(step, inputs);
  if (loss === undefined || gradient === undefined) throw new Error('the step has no loss or no gradient');
  const values = Float32Array.from(await engine.download(gradient));
  engine.dispose(...Object.values(inputs), loss, gradient);
  return values;
}

describe('attention in parts', () => {
  const all = program(null);
  const peak = all.step.activationPeakBytes;
  const least = program(1);

  it('is not asked for where recomputation alone makes the step fit', () => {
    expect(program(0.8 * peak).step.activationPeakBytes).toBeLessThanOrEqual(0.8 * peak);
    expect(softmaxes(program(0.8 * peak))).toBe(softmaxes(all));
  });

  it('takes less memory, by the same weights', () => {
    expect(softmaxes(least)).toBeGreaterThan(softmaxes(all));
    expect(least.step.activationPeakBytes).toBeLessThan(0.5 * peak);
    expect(least.weights).toEqual(all.weights);
  });

  it('gives the same gradient', { timeout: 120_000 }, async () => {
    const [expected, actual] = [await gradientOf(all), await gradientOf(least)];
    const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = expected.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (actual[at] ?? Number.NaN))),
      0,
    );
    expect(difference / scale).toBeLessThan(2e-5);
  });
});

import { describe, expect, it, vi } from 'vitest';
import { graphBuilder } from '../../../compiler/graph/builder.ts';
import { gradientsOf } from '../../../compiler/graph/differentiate.ts';
import { convolve } from '../../../compiler/graph/networks/precision.ts';
import { type TrainingProgram, trainingProgram } from '../../../compiler/graph/programs.ts';
import { schedule } from '../../../compiler/graph/schedule.ts';
import type { Schedule } from '../../../compiler/graph/types.ts';
import { initialWeights } from '../../../compiler/graph/weights.ts';
import type { Plan, PlanModel } from '../../../compiler/plan/schema.ts';
import { openNativeEngine } from '../../../runtime/engine/native/open.ts';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import type { Engine } from '../../../runtime/engine/types.ts';
import { ADAMW, DICE_CE, DYNUNET, SEGRESNET, SWIN_UNETR, TWO, UNET } from '../../helpers/models.ts';
import { NO_NATIVE, portable } from './helpers/engines.ts';
import { noise, type Operand, operand, relativeError } from './helpers/single-op.ts';

/** `precision: mixed`: convolutions in bfloat16, the same on every engine, and near to float32. */

vi.setConfig({ testTimeout: 120_000 });

const located = locateBinding();
const native = located === null ? portable : openNativeEngine(located);
const whole = located === null ? portable : openNativeEngine(located, { wholeFrom: 1 });

/** Eight significant bits: a value is off by at most this share of itself. */
const HALF_STEP = 2 ** -9;

async function run(engine: Engine, program: Schedule, inputs: Readonly<Record<string, Operand>>) {
  const handles = Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape }]) => [name, engine.upload(data, shape)]),
  );
  const outputs = engine.execute(program, handles);
  const results: Record<string, Operand> = {};
  for (const [name, handle] of Object.entries(outputs)) {
    results[name] = { data: Float32Array.from(await engine.download(handle)), shape: handle.shape };
  }
  engine.dispose(...Object.values(handles), ...Object.values(outputs));
  return results;
}

/** What float32 bits become when the lower half goes, to the nearest, ties to even. */
function nearestBfloat16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  const [word = 0] = bits;
  bits[0] = ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) << 16;
  return new Float32Array(bits.buffer)[0] ?? Number.NaN;
}

describe.each([
  ['plain JavaScript', portable],
  [`TensorFlow (${NO_NATIVE})`, native],
])('bfloat16 on %s', (_name, engine) => {
  it('rounds to the nearest of eight significant bits, ties to even', async () => {
    const g = graphBuilder();
    const ties = operand([4], (index) => [1 + HALF_STEP * 2, 1 + HALF_STEP * 6, -1.5, 3.0078125e-20][index] ?? 0);
    const some = noise([1000], 4, -1e6, 1e6);
    const values = operand([1004], (index) => (index < 4 ? ties.data[index] : some.data[index - 4]) ?? 0);
    g.output('y', g.cast(g.cast(g.input('x', [1004]), 'bfloat16'), 'float32'));
    const { y } = await run(engine, schedule(g.finish()), { x: values });
    expect(y?.data).toEqual(Float32Array.from(values.data, nearestBfloat16));
  });
});

/** A convolution in bfloat16 behind a leaky ReLU, with both gradients of a weighted sum of it. */
function convolved(precision: Plan['precision'], stride: number) {
  const g = graphBuilder();
  const format = precision === 'mixed' ? 'bfloat16' : 'float32';
  const x = g.input('x', [2, 6, 7, 8, 3]);
  const filter = g.input('filter', [3, 3, 3, 3, 5]);
  const out = [6, 7, 8].map((size) => Math.ceil(size / stride));
  const dy = g.input('dy', [2, ...out, 5]);
  const narrow = g.cast(g.leakyRelu(x, 0.01), format);
  const attributes = { strides: [stride, stride, stride], padding: 'same' } as const;
  const y = g.cast(g.conv3d(narrow, g.cast(filter, format), attributes), 'float32');
  const [dx, dFilter] = gradientsOf(g, g.sum(g.mul(y, dy), [0, 1, 2, 3, 4]), [x, filter]);
  if (dx === undefined || dFilter === undefined) throw new Error('no gradients');
  g.output('y', y);
  g.output('dx', dx);
  g.output('dFilter', dFilter);
  const inputs = { x: noise(x.shape, 1), filter: noise(filter.shape, 2), dy: noise(dy.shape, 3) };
  return { program: schedule(g.finish()), inputs };
}

describe.each([1, 2])('a convolution of stride %i in bfloat16, and its gradients', (stride) => {
  it.skipIf(located === null)(`are on TensorFlow what they are in plain JavaScript (${NO_NATIVE})`, async () => {
    const { program, inputs } = convolved('mixed', stride);
    const [expected, actual] = [await run(portable, program, inputs), await run(native, program, inputs)];
    for (const name of ['y', 'dx', 'dFilter']) {
      // Sums in another order may round to the neighbour.
      expect(relativeError(actual[name] ?? noise([1], 1), expected[name] ?? noise([1], 1)), name).toBeLessThan(
        2 * HALF_STEP,
      );
    }
  });

  it('are near to those in float32, and not the same', async () => {
    const mixed = convolved('mixed', stride);
    const float32 = convolved('float32', stride);
    const [actual, expected] = [
      await run(portable, mixed.program, mixed.inputs),
      await run(portable, float32.program, float32.inputs),
    ];
    for (const name of ['y', 'dx', 'dFilter']) {
      const error = relativeError(actual[name] ?? noise([1], 1), expected[name] ?? noise([1], 1));
      expect(error, name).toBeGreaterThan(1e-5);
      expect(error, name).toBeLessThan(4 * HALF_STEP);
    }
  });
});

const SIDE = 32;
const NETWORKS: readonly (readonly [string, PlanModel])[] = [
  ['SegResNet', SEGRESNET],
  ['SwinUNETR', { ...SWIN_UNETR, featureSize: 12, depths: [2, 1, 1, 1] }],
  ['UNet', { ...UNET, strides: [TWO, TWO] }],
  ['DynUNet', DYNUNET],
];

function programOf(model: PlanModel, precision: Plan['precision'], activationLimitBytes: number | null = null) {
  return trainingProgram({
    model,
    patch: [SIDE, SIDE, SIDE],
    batchSize: 1,
    loss: DICE_CE,
    optimizer: ADAMW,
    activationLimitBytes,
    precision,
  });
}

async function gradientOf(engine: Engine, { step, weights, weightCount }: TrainingProgram): Promise<Float32Array> {
  const shape = [1, SIDE, SIDE, SIDE];
  const { gradient } = await run(engine, step, {
    weights: { data: initialWeights(weights, 7), shape: [weightCount] },
    image: { data: noise(shape, 1).data, shape: [...shape, 1] },
    label: { data: Int32Array.from(noise(shape, 2).data, (x) => Number(x > 0.5)), shape },
  });
  if (gradient === undefined) throw new Error('the step has no gradient');
  return Float32Array.from(gradient.data);
}

function distance(actual: Float32Array, expected: Float32Array): number {
  let [difference, scale] = [0, 0];
  expected.forEach((value, at) => {
    difference += (value - (actual[at] ?? Number.NaN)) ** 2;
    scale += value ** 2;
  });
  return Math.sqrt(difference / scale);
}

describe.skipIf(located === null)(`a mixed training step (${NO_NATIVE})`, () => {
  it.each(NETWORKS)('of %s has nearly the gradient of float32, also as one graph', async (_name, model) => {
    const expected = await gradientOf(native, programOf(model, 'float32'));
    const mixed = await gradientOf(native, programOf(model, 'mixed'));
    const error = distance(mixed, expected);
    expect(error).toBeGreaterThan(1e-4);
    // Noise, 32 voxels wide: deepest layers normalise eight voxels. torch's autocast is as far off (docs/numerics.md).
    expect(error).toBeLessThan(0.2);
    expect(distance(await gradientOf(whole, programOf(model, 'mixed')), mixed)).toBeLessThan(error);
  });

  it('computes again what has no room, to the bit, and leaves no tensors behind', async () => {
    const kept = programOf(SEGRESNET, 'mixed');
    const expected = await gradientOf(native, kept);
    const { tensors } = native.memory();
    const limited = programOf(SEGRESNET, 'mixed', 0.7 * kept.step.activationPeakBytes);
    expect(limited.recomputation?.tensors).toBeGreaterThan(0);
    expect(await gradientOf(native, limited)).toEqual(expected);
    await gradientOf(native, kept);
    // Constants of the limited step stay, nothing else.
    expect(native.memory().tensors - tensors).toBe(limited.step.graph.constants.length);
  });
});

/** The convolutions that a step does in bfloat16. */
function narrowOps(channels: number, sides: readonly [number, number, number]): readonly string[] {
  const g = graphBuilder({ precision: 'mixed' });
  const x = g.input('x', [1, ...sides, channels]);
  const filter = g.input('filter', [3, 3, 3, channels, 4]);
  const y = convolve(g, x, filter, { strides: [1, 1, 1], padding: 'same' });
  gradientsOf(g, g.sum(y, [0, 1, 2, 3, 4]), [x, filter]);
  return g.nodes.flatMap(({ op, inputs: [first] }) =>
    op.startsWith('conv3d') && first !== undefined && g.value(first).dtype === 'bfloat16' ? [op] : [],
  );
}

describe('what bfloat16 is kept away from, as oneDNN writes beyond its tensors there', () => {
  it('a convolution and both of its gradients are in bfloat16', () => {
    expect(narrowOps(4, [8, 8, 8])).toEqual(['conv3d', 'conv3dGradInput', 'conv3dGradFilter']);
  });

  it.each([
    ['two voxels on a side', 4, [2, 8, 8]],
    ['one voxel on a side', 4, [8, 8, 1]],
    ['one channel', 1, [8, 8, 8]],
  ] as const)('not with %s', (_what, channels, sides) => {
    expect(narrowOps(channels, sides)).toEqual([]);
  });

  it('gradients of large values nearby are right, whatever lay in memory before', async () => {
    const huge = native.upload(new Float32Array(1 << 20).fill(3e34), [1 << 20]);
    native.dispose(huge);
    for (const sides of [
      [6, 6, 6],
      [7, 9, 6],
      [6, 16, 33],
    ] as const) {
      const g = graphBuilder({ precision: 'mixed' });
      const x = g.input('x', [1, ...sides, 12]);
      const filter = g.input('filter', [3, 3, 3, 12, 24]);
      const y = convolve(g, x, filter, { strides: [1, 1, 1], padding: 'same' });
      const [gradient] = gradientsOf(g, g.sum(g.square(y), [0, 1, 2, 3, 4]), [filter]);
      if (gradient === undefined) throw new Error('no gradient');
      g.output('gradient', gradient);
      const inputs = { x: noise(x.shape, 1), filter: noise(filter.shape, 2) };
      const [expected, actual] = [
        await run(portable, schedule(g.finish()), inputs),
        await run(native, schedule(g.finish()), inputs),
      ];
      const nothing = noise([1], 1);
      expect(relativeError(actual.gradient ?? nothing, expected.gradient ?? nothing)).toBeLessThan(4 * HALF_STEP);
    }
  });
});

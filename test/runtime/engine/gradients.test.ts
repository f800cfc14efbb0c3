import { describe, expect, it } from 'vitest';
import type { OpAttributes, OpName } from '../../../compiler/graph/types.ts';
import type { Engine } from '../../../runtime/engine/types.ts';
import { NO_NATIVE, native, portable } from './helpers/engines.ts';
import { noise, type Operand, operand, runOp } from './helpers/single-op.ts';

/**
 * Every gradient op against central differences of its forward op: for f(x) = Σ op(x)·dy and a random direction d,
 * (f(x + h·d) − f(x − h·d)) / 2h = ⟨gradient, d⟩.
 */

const STEP = 1e-2;

interface Case<F extends OpName> {
  readonly forward: F;
  readonly attributes: OpAttributes[F];
  readonly operands: readonly Operand[];
  /** Gradients with respect to the operands, in their order, given dy and the forward op's outputs. */
  readonly gradients: (engine: Engine, dy: Operand, outputs: readonly Operand[]) => Promise<readonly Operand[]>;
}

const define = <F extends OpName>(definition: Case<F>): Case<F> => definition;

/** Away from zero, where a rectifier has a corner. */
const cornerless = operand([3, 7], (index) => (index % 2 === 0 ? 1 : -1) * (0.2 + (index % 5) / 4));
const rows = noise([4, 5], 1);
const volume = noise([2, 3, 4, 3, 6], 2);
const [gamma, beta] = [noise([6], 3, 0.5, 1.5), noise([6], 4)];
const norm = { epsilon: 1e-5 };
const strided = { strides: [2, 2, 2], padding: 'valid' } as const;
const [image, filter] = [noise([2, 7, 5, 6, 3], 5), noise([3, 3, 3, 3, 4], 6)];
/** What `strided` makes of the image. */
const smaller = noise([2, 3, 2, 2, 4], 9);
const slope = noise([1], 10);
const block = { strides: [2, 2, 2], padding: 'valid' } as const;
const [cubes, cubeFilter] = [noise([1, 4, 7, 4, 3], 7), noise([2, 2, 2, 3, 4], 8)];

const CASES = [
  define({
    forward: 'relu',
    attributes: {},
    operands: [cornerless],
    gradients: (engine, dy) => runOp(engine, 'reluGrad', {}, [dy, cornerless]),
  }),
  define({
    forward: 'leakyRelu',
    attributes: { alpha: 0.1 },
    operands: [cornerless],
    gradients: (engine, dy) => runOp(engine, 'leakyReluGrad', { alpha: 0.1 }, [dy, cornerless]),
  }),
  define({
    forward: 'gelu',
    attributes: {},
    operands: [rows],
    gradients: (engine, dy) => runOp(engine, 'geluGrad', {}, [dy, rows]),
  }),
  define({
    forward: 'softplus',
    attributes: {},
    operands: [rows],
    gradients: (engine, dy) => runOp(engine, 'softplusGrad', {}, [dy, rows]),
  }),
  define({
    forward: 'prelu',
    attributes: {},
    operands: [cornerless, slope],
    gradients: (engine, dy) => runOp(engine, 'preluGrad', {}, [dy, cornerless, slope]),
  }),
  define({
    forward: 'softmax',
    attributes: {},
    operands: [rows],
    gradients: (engine, dy, outputs) => runOp(engine, 'softmaxGrad', {}, [dy, ...outputs]),
  }),
  define({
    forward: 'logSoftmax',
    attributes: {},
    operands: [rows],
    gradients: (engine, dy, outputs) => runOp(engine, 'logSoftmaxGrad', {}, [dy, ...outputs]),
  }),
  define({
    forward: 'conv3d',
    attributes: strided,
    operands: [image, filter],
    gradients: async (engine, dy) => [
      ...(await runOp(engine, 'conv3dGradInput', { ...strided, inputShape: image.shape }, [dy, filter])),
      ...(await runOp(engine, 'conv3dGradFilter', { ...strided, filterShape: filter.shape }, [image, dy])),
    ],
  }),
  define({
    forward: 'conv3d',
    attributes: block,
    operands: [cubes, cubeFilter],
    gradients: async (engine, dy) => [
      ...(await runOp(engine, 'conv3dGradInput', { ...block, inputShape: cubes.shape }, [dy, cubeFilter])),
      ...(await runOp(engine, 'conv3dGradFilter', { ...block, filterShape: cubeFilter.shape }, [cubes, dy])),
    ],
  }),
  define({
    // As a layer: the transposed convolution, whose adjoint is the convolution.
    forward: 'conv3dGradInput',
    attributes: { ...strided, inputShape: image.shape },
    operands: [smaller, filter],
    gradients: async (engine, dy) => [
      ...(await runOp(engine, 'conv3d', strided, [dy, filter])),
      ...(await runOp(engine, 'conv3dGradFilter', { ...strided, filterShape: filter.shape }, [dy, smaller])),
    ],
  }),
  define({
    forward: 'instanceNorm',
    attributes: norm,
    operands: [volume],
    gradients: (engine, dy, [, ...statistics]) => runOp(engine, 'instanceNormGrad', norm, [dy, volume, ...statistics]),
  }),
  define({
    forward: 'groupNorm',
    attributes: { ...norm, groups: 3 },
    operands: [volume, gamma, beta],
    gradients: (engine, dy, [, ...statistics]) =>
      runOp(engine, 'groupNormGrad', { ...norm, groups: 3 }, [dy, volume, gamma, ...statistics]),
  }),
  define({
    forward: 'groupNorm',
    attributes: { ...norm, groups: 6 },
    operands: [volume, gamma, beta],
    gradients: (engine, dy, [, ...statistics]) =>
      runOp(engine, 'groupNormGrad', { ...norm, groups: 6 }, [dy, volume, gamma, ...statistics]),
  }),
  define({
    forward: 'layerNorm',
    attributes: norm,
    operands: [volume, gamma, beta],
    gradients: (engine, dy, [, ...statistics]) =>
      runOp(engine, 'layerNormGrad', norm, [dy, volume, gamma, ...statistics]),
  }),
] as const;

for (const [name, engine] of [
  ['native', native],
  ['portable', portable],
] as const) {
  describe.skipIf(engine === null)(`${name} gradients agree with central differences (${NO_NATIVE})`, () => {
    for (const example of CASES) {
      it(`${example.forward} ${JSON.stringify(example.attributes)}`, () => check(engine ?? portable, example));
    }
  });
}

async function check<F extends OpName>(engine: Engine, example: Case<F>): Promise<void> {
  const { forward, attributes, operands, gradients } = example;
  const outputs = await runOp(engine, forward, attributes, operands);
  const [output] = outputs;
  if (output === undefined) throw new Error(`${forward} gave nothing`);
  const dy = noise(output.shape, 20);
  const analytic = await gradients(engine, dy, outputs);
  for (const [position, x] of operands.entries()) {
    const direction = noise(x.shape, 30 + position);
    const objectiveAt = async (step: number): Promise<number> => {
      const moved = operand(x.shape, (index) => (x.data[index] ?? 0) + step * (direction.data[index] ?? 0));
      const [y] = await runOp(engine, forward, attributes, operands.with(position, moved));
      return y === undefined ? Number.NaN : dot(y, dy);
    };
    const numeric = ((await objectiveAt(STEP)) - (await objectiveAt(-STEP))) / (2 * STEP);
    const gradient = analytic[position];
    if (gradient === undefined) throw new Error(`no gradient ${position} of ${forward}`);
    expect(gradient.shape).toEqual(x.shape);
    const scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
    expect(Math.abs(dot(gradient, direction) - numeric) / scale, `operand ${position}`).toBeLessThan(1e-3);
  }
}

function dot(a: Operand, b: Operand): number {
  let sum = 0;
  a.data.forEach((value, index) => {
    sum += value * (b.data[index] ?? Number.NaN);
  });
  return sum;
}

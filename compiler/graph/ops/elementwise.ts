import type { Operations } from '../operations.ts';
import { broadcastAxes, broadcastShapes, formatShape, sameShape } from '../shapes.ts';
import type { DType, OpName, Shape, Value } from '../types.ts';
import type { OpDefinition } from './definition.ts';
import { float32, noFlops, perOutputElement, readAndWriteAll, require } from './definition.ts';

type Gradient<O extends OpName> = OpDefinition<O>['gradient'];
type BinaryOp = 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum';
type UnaryOp = 'neg' | 'sqrt' | 'square' | 'exp' | 'log' | 'relu' | 'leakyRelu' | 'gelu' | 'softplus';
type UnaryGradOp = 'reluGrad' | 'leakyReluGrad' | 'geluGrad' | 'softplusGrad';
type PreluOp = 'prelu' | 'preluGrad';

/** Sums a gradient over the axes along which an input was repeated. */
export function unbroadcast(g: Operations, gradient: Value, input: Value): Value {
  return g.reshape(g.sum(gradient, broadcastAxes(input.shape, gradient.shape)), input.shape);
}

function binary<O extends BinaryOp>(gradient: Gradient<O>): OpDefinition<O> {
  return {
    inputs: 2,
    shape: (_, inputs) => {
      require(inputs.all.every(({ dtype }) => dtype === 'float32'), 'both inputs must be float32');
      return [float32(broadcastShapes(inputs.shape(0), inputs.shape(1)))];
    },
    flops: perOutputElement(1),
    bytes: readAndWriteAll,
    gradient,
  };
}

/** @param flops operations an element, after the usual count for GPUs (a transcendental function is one) */
function unary<O extends UnaryOp>(
  flops: number,
  gradient: Gradient<O>,
  formats: readonly DType[] = ['float32'],
): OpDefinition<O> {
  return {
    inputs: 1,
    shape: (_, inputs) => {
      const { shape, dtype } = inputs.at(0);
      require(formats.includes(dtype), `the input must be ${formats.join(' or ')}`);
      return [{ shape, dtype }];
    },
    flops: perOutputElement(flops),
    bytes: readAndWriteAll,
    gradient,
  };
}

function unaryGrad<O extends UnaryGradOp>(flops: number): OpDefinition<O> {
  return {
    inputs: 2,
    shape: (_, inputs) => {
      const [dy, x] = [inputs.at(0), inputs.at(1)];
      require(sameShape(dy.shape, x.shape) && dy.dtype === x.dtype, 'dy and x must have one shape and format');
      return [dy];
    },
    flops: perOutputElement(flops),
    bytes: readAndWriteAll,
    gradient: null,
  };
}

/** What may stand between a cast and a convolution. */
const FLOATS: readonly DType[] = ['float32', 'bfloat16'];

const cast: OpDefinition<'cast'> = {
  inputs: 1,
  shape: ({ to }, inputs) => {
    const { shape, dtype } = inputs.at(0);
    require(dtype !== 'int32' && dtype !== to, `${dtype} is not cast to ${to}`);
    return [{ shape, dtype: to }];
  },
  flops: noFlops,
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input }) => [g.cast(dy, input(0).dtype)],
};

function requireSlope(shape: Shape): void {
  require(sameShape(shape, [1]), `the slope must be one number, not ${formatShape(shape)}`);
}

const prelu: OpDefinition<'prelu'> = {
  inputs: 2,
  shape: (_, inputs) => {
    requireSlope(inputs.shape(1));
    return [float32(inputs.shape(0))];
  },
  flops: perOutputElement(2),
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input }) => g.preluGrad(dy, input(0), input(1)),
};

const preluGrad: OpDefinition<'preluGrad'> = {
  inputs: 3,
  shape: (_, inputs) => {
    require(sameShape(inputs.shape(0), inputs.shape(1)), 'dy and x must have one shape');
    requireSlope(inputs.shape(2));
    return [float32(inputs.shape(0)), float32([1])];
  },
  flops: perOutputElement(5),
  bytes: readAndWriteAll,
  gradient: null,
};

export const elementwiseOps = {
  add: binary<'add'>(({ g, dy, input }) => [unbroadcast(g, dy, input(0)), unbroadcast(g, dy, input(1))]),
  sub: binary<'sub'>(({ g, dy, input }) => [unbroadcast(g, dy, input(0)), unbroadcast(g, g.neg(dy), input(1))]),
  mul: binary<'mul'>(({ g, dy, input }) => [
    unbroadcast(g, g.mul(dy, input(1)), input(0)),
    unbroadcast(g, g.mul(dy, input(0)), input(1)),
  ]),
  div: binary<'div'>(({ g, dy, input, output }) => {
    const numerator = g.div(dy, input(1));
    return [unbroadcast(g, numerator, input(0)), unbroadcast(g, g.neg(g.mul(numerator, output(0))), input(1))];
  }),
  maximum: binary<'maximum'>(null),
  minimum: binary<'minimum'>(null),

  neg: unary<'neg'>(1, ({ g, dy }) => [g.neg(dy)]),
  sqrt: unary<'sqrt'>(1, ({ g, dy, output }) => [g.div(g.scale(dy, 0.5), output(0))]),
  square: unary<'square'>(1, ({ g, dy, input }) => [g.mul(dy, g.scale(input(0), 2))]),
  exp: unary<'exp'>(1, ({ g, dy, output }) => [g.mul(dy, output(0))]),
  log: unary<'log'>(1, ({ g, dy, input }) => [g.div(dy, input(0))]),
  // The output has the sign of the input, and is alive anyway as input of the next layer: the input need not be kept.
  relu: unary<'relu'>(1, ({ g, dy, output }) => [g.reluGrad(dy, output(0))], FLOATS),
  leakyRelu: unary<'leakyRelu'>(
    2,
    ({ g, dy, input, output, attributes: { alpha } }) => [g.leakyReluGrad(dy, alpha > 0 ? output(0) : input(0), alpha)],
    FLOATS,
  ),
  gelu: unary<'gelu'>(8, ({ g, dy, input }) => [g.geluGrad(dy, input(0))]),
  softplus: unary<'softplus'>(3, ({ g, dy, input }) => [g.softplusGrad(dy, input(0))]),

  cast,

  reluGrad: unaryGrad<'reluGrad'>(1),
  leakyReluGrad: unaryGrad<'leakyReluGrad'>(2),
  geluGrad: unaryGrad<'geluGrad'>(14),
  softplusGrad: unaryGrad<'softplusGrad'>(4),

  prelu,
  preluGrad,
} satisfies { readonly [O in BinaryOp | UnaryOp | UnaryGradOp | PreluOp | 'cast']: OpDefinition<O> };

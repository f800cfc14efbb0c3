import type { Emitter } from './emitter.ts';
import { GraphError } from './errors.ts';
import { elementCount, formatShape, sameShape, sizeAt } from './shapes.ts';
import { lowestRankTranspose } from './transpose-rank.ts';
import type { DType, OpAttributes, OpName, Shape, Value } from './types.ts';

/**
 * One function per op, with the simplifications that need no knowledge of the whole graph: no-ops vanish, a chain of
 * reshapes becomes one, transposes run at the lowest rank.
 */
export type Operations = ReturnType<typeof operations>;

type Matrices = { readonly transposeA?: boolean; readonly transposeB?: boolean };

export function operations(emitter: Emitter) {
  function one<O extends OpName>(op: O, attributes: OpAttributes[O], ...inputs: readonly Value[]): Value {
    return first(emitter.emit(op, attributes, inputs));
  }

  function two<O extends OpName>(
    op: O,
    attributes: OpAttributes[O],
    ...inputs: readonly Value[]
  ): readonly [Value, Value] {
    const [a, b] = emitter.emit(op, attributes, inputs);
    if (a === undefined || b === undefined) throw new GraphError(`${op} has fewer than 2 outputs`);
    return [a, b];
  }

  function three<O extends OpName>(
    op: O,
    attributes: OpAttributes[O],
    ...inputs: readonly Value[]
  ): readonly [Value, Value, Value] {
    const [a, b, c] = emitter.emit(op, attributes, inputs);
    if (a === undefined || b === undefined || c === undefined) throw new GraphError(`${op} has fewer than 3 outputs`);
    return [a, b, c];
  }

  function scalar(value: number): Value {
    return emitter.constant(Float32Array.of(value), []);
  }

  /** `shape` may hold one −1, which takes what is left. */
  function reshape(x: Value, shape: Shape): Value {
    const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
    const resolved = shape.map((size) => (size === -1 ? elementCount(x.shape) / known : size));
    const made = emitter.maker(x);
    const source = made?.op === 'reshape' ? made.input : x;
    if (sameShape(source.shape, resolved)) return source;
    if (sameShape(x.shape, resolved)) return x;
    return one('reshape', { shape: resolved }, source);
  }

  function transpose(x: Value, permutation: readonly number[]): Value {
    if (permutation.length !== x.shape.length || !permutation.every((_, axis) => permutation.includes(axis))) {
      throw new GraphError(`transpose: [${permutation}] does not permute the axes of ${formatShape(x.shape)}`);
    }
    const result = permutation.map((axis) => sizeAt(x.shape, axis));
    const reduced = lowestRankTranspose(x.shape, permutation);
    if (reduced === null) return reshape(x, result);
    const transposed = one('transpose', { permutation: reduced.permutation }, reshape(x, reduced.shape));
    return reshape(transposed, result);
  }

  function split(x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
    return sizes.length === 1 ? [x] : emitter.emit('split', { axis, sizes }, [x]);
  }

  function concat(xs: readonly Value[], axis: number): Value {
    return xs.length === 1 ? first(xs) : first(emitter.emit('concat', { axis }, xs));
  }

  function pad(x: Value, paddings: readonly (readonly [number, number])[]): Value {
    return paddings.every(([before, after]) => before === 0 && after === 0) ? x : one('pad', { paddings }, x);
  }

  function slice(x: Value, begin: readonly number[], size: readonly number[]): Value {
    return sameShape(x.shape, size) ? x : one('slice', { begin, size }, x);
  }

  function broadcastTo(x: Value, shape: Shape): Value {
    return sameShape(x.shape, shape) ? x : one('broadcastTo', { shape }, x);
  }

  /**
   * A (leaky) ReLU is done after the cast: it loses nothing there, as signs stay, and its gradient finds what it needs in the
   * narrow value, so that the wide one need not be kept.
   */
  function cast(x: Value, to: DType): Value {
    if (x.dtype === to) return x;
    if (to === 'int32') throw new GraphError(`${x.dtype} is not cast to int32`);
    const made = emitter.maker(x);
    if (to === 'bfloat16' && made?.op === 'relu') return one('relu', {}, cast(made.input, to));
    if (to === 'bfloat16' && made?.op === 'leakyRelu' && made.attributes.alpha > 0) {
      return one('leakyRelu', made.attributes, cast(made.input, to));
    }
    return one('cast', { to }, x);
  }

  function sum(x: Value, axes: readonly number[], keepDims = false): Value {
    return axes.length === 0 ? x : one('sum', { axes, keepDims }, x);
  }

  return {
    constant: emitter.constant,
    computedConstant: emitter.computedConstant,
    scalar,

    add: (a: Value, b: Value) => one('add', {}, a, b),
    sub: (a: Value, b: Value) => one('sub', {}, a, b),
    mul: (a: Value, b: Value) => one('mul', {}, a, b),
    div: (a: Value, b: Value) => one('div', {}, a, b),
    maximum: (a: Value, b: Value) => one('maximum', {}, a, b),
    minimum: (a: Value, b: Value) => one('minimum', {}, a, b),
    /** x · factor */
    scale: (x: Value, factor: number) => (factor === 1 ? x : one('mul', {}, x, scalar(factor))),

    neg: (x: Value) => one('neg', {}, x),
    sqrt: (x: Value) => one('sqrt', {}, x),
    square: (x: Value) => one('square', {}, x),
    exp: (x: Value) => one('exp', {}, x),
    log: (x: Value) => one('log', {}, x),
    relu: (x: Value) => one('relu', {}, x),
    leakyRelu: (x: Value, alpha: number) => one('leakyRelu', { alpha }, x),
    gelu: (x: Value) => one('gelu', {}, x),
    softplus: (x: Value) => one('softplus', {}, x),
    reluGrad: (dy: Value, x: Value) => one('reluGrad', {}, dy, x),
    leakyReluGrad: (dy: Value, x: Value, alpha: number) => one('leakyReluGrad', { alpha }, dy, x),
    geluGrad: (dy: Value, x: Value) => one('geluGrad', {}, dy, x),
    softplusGrad: (dy: Value, x: Value) => one('softplusGrad', {}, dy, x),
    cast,
    prelu: (x: Value, slope: Value) => one('prelu', {}, x, slope),
    preluGrad: (dy: Value, x: Value, slope: Value) => two('preluGrad', {}, dy, x, slope),

    sum,
    mean: (x: Value, axes: readonly number[], keepDims = false) => one('mean', { axes, keepDims }, x),
    argMax: (x: Value, axis: number) => one('argMax', { axis }, x),

    reshape,
    transpose,
    slice,
    split,
    concat,
    pad,
    roll: (x: Value, axes: readonly number[], shifts: readonly number[]) => one('roll', { axes, shifts }, x),
    broadcastTo,

    gather: (table: Value, indices: Value) => one('gather', {}, table, indices),
    segmentSum: (data: Value, indices: Value, segments: number) => one('segmentSum', { segments }, data, indices),
    oneHot: (indices: Value, depth: number) => one('oneHot', { depth }, indices),

    matMul: (a: Value, b: Value, { transposeA = false, transposeB = false }: Matrices = {}) =>
      one('matMul', { transposeA, transposeB }, a, b),
    conv3d: (x: Value, filter: Value, attributes: OpAttributes['conv3d']) => one('conv3d', attributes, x, filter),
    conv3dGradInput: (dy: Value, filter: Value, attributes: OpAttributes['conv3dGradInput']) =>
      one('conv3dGradInput', attributes, dy, filter),
    conv3dGradFilter: (x: Value, dy: Value, attributes: OpAttributes['conv3dGradFilter']) =>
      one('conv3dGradFilter', attributes, x, dy),

    softmax: (x: Value) => one('softmax', {}, x),
    softmaxGrad: (dy: Value, y: Value) => one('softmaxGrad', {}, dy, y),
    logSoftmax: (x: Value) => one('logSoftmax', {}, x),
    logSoftmaxGrad: (dy: Value, y: Value) => one('logSoftmaxGrad', {}, dy, y),

    // The statistics stay with the node: only its gradient rule reads them.
    instanceNorm: (x: Value, epsilon: number) => one('instanceNorm', { epsilon }, x),
    instanceNormGrad: (dy: Value, x: Value, statA: Value, statB: Value, epsilon: number) =>
      one('instanceNormGrad', { epsilon }, dy, x, statA, statB),
    groupNorm: (x: Value, gamma: Value, beta: Value, attributes: OpAttributes['groupNorm']) =>
      one('groupNorm', attributes, x, gamma, beta),
    groupNormGrad: (
      dy: Value,
      x: Value,
      gamma: Value,
      statA: Value,
      statB: Value,
      attributes: OpAttributes['groupNormGrad'],
    ) => three('groupNormGrad', attributes, dy, x, gamma, statA, statB),
    layerNorm: (x: Value, gamma: Value, beta: Value, epsilon: number) => one('layerNorm', { epsilon }, x, gamma, beta),
    layerNormGrad: (dy: Value, x: Value, gamma: Value, statA: Value, statB: Value, epsilon: number) =>
      three('layerNormGrad', { epsilon }, dy, x, gamma, statA, statB),

    adamw: (
      state: { readonly weights: Value; readonly m: Value; readonly v: Value },
      gradient: Value,
      rates: { readonly learningRate: Value; readonly correction1: Value; readonly correction2: Value },
      attributes: OpAttributes['adamw'],
    ) =>
      three(
        'adamw',
        attributes,
        state.weights,
        state.m,
        state.v,
        gradient,
        rates.learningRate,
        rates.correction1,
        rates.correction2,
      ),
    sgd: (weights: Value, buffer: Value, gradient: Value, learningRate: Value, attributes: OpAttributes['sgd']) =>
      two('sgd', attributes, weights, buffer, gradient, learningRate),
    movingAverage: (average: Value, weights: Value, decay: Value) => one('movingAverage', {}, average, weights, decay),
  };
}

function first(values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined) throw new GraphError('an op without outputs');
  return value;
}

import type { GraphBuilder } from '../builder.ts';
import { elementCount, sizeAt } from '../shapes.ts';
import type { Value, WeightInit } from '../types.ts';
import { addBias, asRows, channelsOf, spatialOf, torchUniform, type Voxels } from './layers.ts';
import { convolve, convolveBack } from './precision.ts';

/** Convolutions as torch has them. Every x is NDHWC. */

/** What weights and biases start from, given the fan-in. */
export interface Initialisation {
  readonly weight: (fanIn: number) => WeightInit;
  readonly bias: (fanIn: number) => WeightInit;
}

/** torch's default, for convolutions, transposed convolutions and linear layers. */
export const TORCH_INIT: Initialisation = { weight: torchUniform, bias: torchUniform };

export interface Convolution {
  readonly kernel: Voxels;
  readonly stride: Voxels;
  /** Zeros on both ends of each axis. */
  readonly padding: Voxels;
  readonly bias?: boolean;
  readonly init?: Initialisation;
}

export const ONE: Voxels = [1, 1, 1];
export const THREE: Voxels = [3, 3, 3];

/** @see torch.nn.Conv3d */
export function convolution(g: GraphBuilder, x: Value, channels: number, options: Convolution): Value {
  const { kernel, stride, padding, bias = false, init = TORCH_INIT } = options;
  if (isOne(kernel) && isOne(stride)) return pointwiseConvolution(g, x, channels, { bias, init });
  const inner = channelsOf(x);
  const filter = filterWeight(g, inner, channels, { kernel, init });
  const result = padAndConvolve(g, x, filter, options.stride, padding);
  return bias ? addBias(g, result, init.bias(inner * elementCount(kernel))) : result;
}

/** [kD, kH, kW, Cin, Cout] */
export function filterWeight(
  g: GraphBuilder,
  inner: number,
  channels: number,
  { kernel, init }: { readonly kernel: Voxels; readonly init: Initialisation },
): Value {
  return g.weight('weight', {
    layout: 'conv',
    storedShape: [channels, inner, ...kernel],
    init: init.weight(inner * elementCount(kernel)),
  });
}

/** A 3×3×3 convolution without bias, zero padding 1. */
export function convolution3(g: GraphBuilder, x: Value, channels: number, stride: Voxels = ONE): Value {
  return convolution(g, x, channels, { kernel: THREE, stride, padding: ONE });
}

function padAndConvolve(g: GraphBuilder, x: Value, filter: Value, strides: Voxels, padding: Voxels): Value {
  const axes = spatialOf(x).map((size, axis) => {
    const [kernel, stride, before] = [sizeAt(filter.shape, axis), sizeAt(strides, axis), sizeAt(padding, axis)];
    const result = Math.floor((size + 2 * before - kernel) / stride) + 1;
    const zeros = Math.max((result - 1) * stride + kernel - size, 0);
    // TensorFlow's SAME has the odd zero at the end, torch at the start.
    const isSame = result === Math.ceil(size / stride) && Math.floor(zeros / 2) === before;
    return { isSame, zeros: [before, Math.max(zeros - before, 0)] as const };
  });
  if (axes.every(({ isSame }) => isSame)) return convolve(g, x, filter, { strides, padding: 'same' });
  const padded = g.pad(x, [[0, 0], ...axes.map(({ zeros }) => zeros), [0, 0]]);
  return convolve(g, padded, filter, { strides, padding: 'valid' });
}

/** A 1×1×1 convolution: a matrix product over voxels, which is up to twice as fast as a convolution kernel. */
export function pointwiseConvolution(
  g: GraphBuilder,
  x: Value,
  channels: number,
  { bias = false, init = TORCH_INIT }: Pick<Convolution, 'bias' | 'init'> = {},
): Value {
  const inner = channelsOf(x);
  const product = g.matMul(asRows(g, x), pointwiseWeight(g, inner, channels, init));
  return g.reshape(bias ? addBias(g, product, init.bias(inner)) : product, x.shape.with(-1, channels));
}

/** [Cin, Cout] */
export function pointwiseWeight(g: GraphBuilder, inner: number, channels: number, init = TORCH_INIT): Value {
  return g.weight('weight', {
    layout: 'pointwise',
    storedShape: [channels, inner, 1, 1, 1],
    init: init.weight(inner),
  });
}

interface TransposedConvolution extends Convolution {
  /** Voxels that the result has more at the end of each axis. */
  readonly outputPadding: Voxels;
}

/**
 * The adjoint of a convolution: sides become (size − 1) · stride − 2 · padding + kernel + outputPadding.
 *
 * @see torch.nn.ConvTranspose3d
 */
export function transposedConvolution(
  g: GraphBuilder,
  x: Value,
  channels: number,
  options: TransposedConvolution,
): Value {
  const { kernel, stride, padding, outputPadding, bias = false, init = TORCH_INIT } = options;
  const zero = [...padding, ...outputPadding].every((size) => size === 0);
  if (zero && kernel.every((size, axis) => size === stride[axis])) return upConvolution(g, x, channels, options);

  const inner = channelsOf(x);
  const fanIn = channels * elementCount(kernel); // torch takes axis 1 for fan_in
  // torch stores it as the filter of the convolution whose adjoint it is: from `channels` to `inner`.
  const filter = g.weight('weight', {
    layout: 'conv',
    storedShape: [inner, channels, ...kernel],
    init: init.weight(fanIn),
  });
  const [batch, sides] = [sizeAt(x.shape, 0), spatialOf(x)];
  const result = sides.map((size, axis) => {
    const grown = (size - 1) * sizeAt(stride, axis) + sizeAt(kernel, axis);
    return grown - 2 * sizeAt(padding, axis) + sizeAt(outputPadding, axis);
  });
  // What the whole adjoint covers, of which torch cuts the padding off.
  const whole = sides.map((size, axis) =>
    Math.max((size - 1) * sizeAt(stride, axis) + sizeAt(kernel, axis), sizeAt(padding, axis) + sizeAt(result, axis)),
  );
  const attributes = { inputShape: [batch, ...whole, channels], strides: stride, padding: 'valid' } as const;
  const grown = convolveBack(g, x, filter, attributes);
  const cut = g.slice(grown, [0, ...padding, 0], [batch, ...result, channels]);
  return bias ? addBias(g, cut, init.bias(fanIn)) : cut;
}

/**
 * A transposed convolution with kernel = stride: each voxel becomes a block on its own, so it is a matrix product and a
 * transpose. (TensorFlow's own op returns wrong values with oneDNN at some shapes.)
 */
export function upConvolution(
  g: GraphBuilder,
  x: Value,
  channels: number,
  { stride, bias = false, init = TORCH_INIT }: Pick<Convolution, 'stride' | 'bias' | 'init'>,
): Value {
  const fanIn = channels * elementCount(stride);
  const grown = grow(g, x, upWeight(g, channelsOf(x), channels, { stride, init }), stride);
  return bias ? addBias(g, grown, init.bias(fanIn)) : grown;
}

/** [Cin, kD·kH·kW·Cout] */
export function upWeight(
  g: GraphBuilder,
  inner: number,
  channels: number,
  { stride, init }: { readonly stride: Voxels; readonly init: Initialisation },
): Value {
  const fanIn = channels * elementCount(stride); // torch takes axis 1 for fan_in
  return g.weight('weight', {
    layout: 'transposed',
    storedShape: [inner, channels, ...stride],
    init: init.weight(fanIn),
  });
}

/** Each voxel to a block: a product with a weight [Cin, kD·kH·kW·Cout], and the blocks put together. */
export function grow(g: GraphBuilder, x: Value, weight: Value, stride: Voxels): Value {
  const channels = sizeAt(weight.shape, 1) / elementCount(stride);
  const [batch, sides] = [sizeAt(x.shape, 0), spatialOf(x)];
  const blocks = g.reshape(g.matMul(asRows(g, x), weight), [batch, ...sides, ...stride, channels]);
  const result = sides.map((size, axis) => size * sizeAt(stride, axis));
  return g.reshape(g.transpose(blocks, [0, 1, 4, 2, 5, 3, 6, 7]), [batch, ...result, channels]);
}

function isOne(sizes: Voxels): boolean {
  return sizes.every((size) => size === 1);
}

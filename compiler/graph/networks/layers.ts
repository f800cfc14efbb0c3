import type { GraphBuilder } from '../builder.ts';
import { elementCount, sizeAt } from '../shapes.ts';
import type { Shape, Value, WeightInit } from '../types.ts';

/** Layers that several networks share, with torch's initialisation. Every x is NDHWC. */

export type Voxels = readonly [depth: number, height: number, width: number];

/** torch's reset_parameters for convolutions and linear layers: kaiming_uniform with a = √5 is U(±1/√fan_in). */
export function torchUniform(fanIn: number): WeightInit {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) };
}

/** Ones and zeros: what a norm's weight and bias start from. */
export const ONES: WeightInit = { kind: 'constant', value: 1 };
export const ZEROS: WeightInit = { kind: 'constant', value: 0 };

export function channelsOf(x: Value): number {
  return sizeAt(x.shape, x.shape.length - 1);
}

export function spatialOf(x: Value): Voxels {
  return [sizeAt(x.shape, 1), sizeAt(x.shape, 2), sizeAt(x.shape, 3)];
}

/** All axes but the last as rows: [..., C] → [rows, C]. */
export function asRows(g: GraphBuilder, x: Value): Value {
  return g.reshape(x, [-1, channelsOf(x)]);
}

/** A 3×3×3 convolution without bias, zero padding 1, as torch pads: with stride 2 that is before the first voxel. */
export function convolution3(g: GraphBuilder, x: Value, channels: number, stride: 1 | 2 = 1): Value {
  const inner = channelsOf(x);
  const filter = g.weight('weight', {
    layout: 'conv',
    storedShape: [channels, inner, 3, 3, 3],
    init: torchUniform(inner * 27),
  });
  if (stride === 1) return g.conv3d(x, filter, { strides: [1, 1, 1], padding: 'same' });
  const sides = spatialOf(x).map((size): readonly [number, number] => [1, size % 2]);
  const padded = g.pad(x, [[0, 0], ...sides, [0, 0]]);
  return g.conv3d(padded, filter, { strides: [2, 2, 2], padding: 'valid' });
}

/** A 1×1×1 convolution: a matrix product over voxels, which is up to twice as fast as a convolution kernel. */
export function pointwiseConvolution(g: GraphBuilder, x: Value, channels: number, { bias = false } = {}): Value {
  const inner = channelsOf(x);
  const weight = g.weight('weight', {
    layout: 'pointwise',
    storedShape: [channels, inner, 1, 1, 1],
    init: torchUniform(inner),
  });
  const product = g.matMul(asRows(g, x), weight);
  const result = bias ? g.add(product, biasVector(g, channels, inner)) : product;
  return g.reshape(result, x.shape.with(-1, channels));
}

/**
 * A transposed convolution with kernel = stride = 2: each voxel becomes 2×2×2 on its own, so it is a matrix product and a
 * transpose. (TensorFlow's own op returns wrong values with oneDNN at some shapes.)
 */
export function upConvolution(g: GraphBuilder, x: Value, channels: number): Value {
  const inner = channelsOf(x);
  const weight = g.weight('weight', {
    layout: 'transposed',
    storedShape: [inner, channels, 2, 2, 2],
    init: torchUniform(channels * 8), // torch takes axis 1 for fan_in
  });
  const [batch, [depth, height, width]] = [sizeAt(x.shape, 0), spatialOf(x)];
  const cubes = g.reshape(g.matMul(asRows(g, x), weight), [batch, depth, height, width, 2, 2, 2, channels]);
  return g.reshape(g.transpose(cubes, [0, 1, 4, 2, 5, 3, 6, 7]), [batch, 2 * depth, 2 * height, 2 * width, channels]);
}

/** torch.nn.Linear over the last axis. */
export function linear(g: GraphBuilder, x: Value, channels: number, { bias = true } = {}): Value {
  const inner = channelsOf(x);
  const weight = g.weight('weight', { layout: 'linear', storedShape: [channels, inner], init: torchUniform(inner) });
  const product = g.matMul(asRows(g, x), weight);
  const result = bias ? g.add(product, biasVector(g, channels, inner)) : product;
  return g.reshape(result, x.shape.with(-1, channels));
}

export function biasVector(g: GraphBuilder, channels: number, fanIn: number): Value {
  return g.weight('bias', { layout: 'plain', storedShape: [channels], init: torchUniform(fanIn) });
}

/** Cuts each sides' voxels into cubes of `edges` and gives each cube's voxels in row-major order: [N, D/d, H/h, W/w, d·h·w·C]. */
export function cubesToChannels(g: GraphBuilder, x: Value, edges: Voxels): Value {
  const cubes = partition(g, x, edges);
  return g.reshape(cubes, [...cubes.shape.slice(0, 4), elementCount(edges) * channelsOf(x)]);
}

/** [N, D, H, W, C] → [N, D/d, H/h, W/w, d, h, w, C] */
export function partition(g: GraphBuilder, x: Value, [d, h, w]: Voxels): Value {
  const [batch, [depth, height, width]] = [sizeAt(x.shape, 0), spatialOf(x)];
  const cut = g.reshape(x, [batch, depth / d, d, height / h, h, width / w, w, channelsOf(x)]);
  return g.transpose(cut, [0, 1, 3, 5, 2, 4, 6, 7]);
}

/** The inverse of `partition`, given the shape it had. */
export function unpartition(g: GraphBuilder, cubes: Value, shape: Shape, [d, h, w]: Voxels): Value {
  const [batch = 1, depth = 1, height = 1, width = 1, channels = 1] = shape;
  const cut = g.reshape(cubes, [batch, depth / d, height / h, width / w, d, h, w, channels]);
  return g.reshape(g.transpose(cut, [0, 1, 4, 2, 5, 3, 6, 7]), shape);
}

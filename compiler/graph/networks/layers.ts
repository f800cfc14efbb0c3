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

/** torch.nn.Linear over the last axis. */
export function linear(g: GraphBuilder, x: Value, channels: number, { bias = true } = {}): Value {
  const inner = channelsOf(x);
  const weight = g.weight('weight', { layout: 'linear', storedShape: [channels, inner], init: torchUniform(inner) });
  const product = g.matMul(asRows(g, x), weight);
  return g.reshape(bias ? addBias(g, product, torchUniform(inner)) : product, x.shape.with(-1, channels));
}

/** x + bias, a weight of its own for each channel. */
export function addBias(g: GraphBuilder, x: Value, init: WeightInit): Value {
  return g.add(x, biasVector(g, channelsOf(x), init));
}

export function biasVector(g: GraphBuilder, channels: number, init: WeightInit): Value {
  return g.weight('bias', { layout: 'plain', storedShape: [channels], init });
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

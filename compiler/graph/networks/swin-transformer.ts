import type { GraphBuilder } from '../builder.ts';
import { sizeAt } from '../shapes.ts';
import type { Value } from '../types.ts';
import type { Voxels } from './layers.ts';
import {
  addBias,
  channelsOf,
  cubesToChannels,
  linear,
  ONES,
  partition,
  spatialOf,
  torchUniform,
  unpartition,
  ZEROS,
} from './layers.ts';
import type { ShiftMask, Windows } from './shifted-windows.ts';
import { isShifted, shiftMask, windowsOf } from './shifted-windows.ts';
import { unetResidualBlock } from './unet-blocks.ts';
import { windowAttention } from './window-attention.ts';

/**
 * The encoder of SwinUNETR: an image cut into cubes of 2×2×2 voxels, then stages of attention in windows, each of which
 * halves the sides and doubles the channels.
 *
 * @see MONAI monai.networks.nets.swin_unetr.SwinTransformer (patch_size 2, downsample merging, no dropout)
 */

const LAYER_NORM_EPSILON = 1e-5; // torch.nn.LayerNorm
const MLP_RATIO = 4; // MONAI SwinUNETR mlp_ratio
const CUBE: Voxels = [2, 2, 2];

export interface SwinSettings {
  readonly featureSize: number;
  readonly depths: readonly number[];
  readonly numHeads: readonly number[];
  readonly windowSize: number;
  /** Whether states are normalised on their way to the decoder. */
  readonly normalize: boolean;
  /** Whether the embedding is normalised. */
  readonly patchNorm: boolean;
  /** Swin UNETR-V2: a residual convolution block before each stage. */
  readonly useV2: boolean;
}

/** @returns the states after the embedding and after each stage, [N, D/2ⁱ⁺¹, H/2ⁱ⁺¹, W/2ⁱ⁺¹, C·2ⁱ] */
export function swinTransformer(g: GraphBuilder, image: Value, settings: SwinSettings): readonly Value[] {
  const { featureSize, depths, numHeads, windowSize } = settings;
  const toDecoder = (state: Value) => (settings.normalize ? normalised(g, state) : state);
  let x = g.scoped('patch_embed', () => {
    const embedded = g.scoped('proj', () => embedCubes(g, image, featureSize));
    return settings.patchNorm ? g.scoped('norm', () => layerNorm(g, embedded)) : embedded;
  });
  const states = [toDecoder(x)];
  depths.forEach((blocks, index) => {
    const stage = { blocks, heads: sizeAt(numHeads, index), windowSize };
    if (settings.useV2) {
      x = g.scoped(`layers${index + 1}c.0.layer`, () => unetResidualBlock(g, x, channelsOf(x)));
    }
    x = g.scoped(`layers${index + 1}.0`, () => swinStage(g, x, stage));
    states.push(toDecoder(x));
  });
  return states;
}

/** A convolution with kernel = stride = 2, as a matrix product over cubes. */
function embedCubes(g: GraphBuilder, image: Value, channels: number): Value {
  const inner = 8 * channelsOf(image);
  const filter = g.weight('weight', {
    layout: 'conv',
    storedShape: [channels, channelsOf(image), ...CUBE],
    init: torchUniform(inner),
  });
  const cubes = cubesToChannels(g, image, CUBE);
  const rows = g.matMul(g.reshape(cubes, [-1, inner]), g.reshape(filter, [inner, channels]));
  return g.reshape(addBias(g, rows, torchUniform(inner)), cubes.shape.with(-1, channels));
}

interface Stage {
  readonly blocks: number;
  readonly heads: number;
  readonly windowSize: number;
}

/** @see MONAI monai.networks.nets.swin_unetr.BasicLayer */
function swinStage(g: GraphBuilder, x: Value, { blocks, heads, windowSize }: Stage): Value {
  const windows = windowsOf(spatialOf(x), windowSize);
  const shifts = isShifted(windows) && blocks > 1;
  const mask = shifts ? g.scoped('mask', () => shiftMask(g, windows, sizeAt(x.shape, 0), heads)) : null;
  let y = x;
  for (let block = 0; block < blocks; block++) {
    const settings = { heads, windowSize, windows, mask: block % 2 === 1 ? mask : null };
    y = g.scoped(`blocks.${block}`, () => swinBlock(g, y, settings));
  }
  return g.scoped('downsample', () => mergePatches(g, y));
}

interface Block {
  readonly heads: number;
  readonly windowSize: number;
  readonly windows: Windows;
  /** Null in a block that does not shift. */
  readonly mask: ShiftMask | null;
}

/** @see MONAI monai.networks.nets.swin_unetr.SwinTransformerBlock */
function swinBlock(g: GraphBuilder, x: Value, { heads, windowSize, windows, mask }: Block): Value {
  const channels = channelsOf(x);
  const normed = g.scoped('norm1', () => layerNorm(g, x));
  const attended = inWindows(g, normed, windows, mask !== null, (tokens) =>
    g.scoped('attn', () => windowAttention(g, tokens, { heads, windowSize, mask })),
  );
  const y = g.add(x, attended);
  const second = g.scoped('norm2', () => layerNorm(g, y));
  const mlp = g.scoped('mlp', () => {
    const hidden = g.gelu(g.scoped('linear1', () => linear(g, second, MLP_RATIO * channels)));
    return g.scoped('linear2', () => linear(g, hidden, channels));
  });
  return g.add(y, mlp);
}

/**
 * Pads to whole windows, rolls half a window if told to, applies `layer` to the windows, and undoes all three.
 *
 * @param layer [N · windows, voxels, C] → the same shape
 */
function inWindows(
  g: GraphBuilder,
  x: Value,
  { edges, shift, padded, size, count }: Windows,
  shifted: boolean,
  layer: (windows: Value) => Value,
): Value {
  const [batch, channels, sides] = [sizeAt(x.shape, 0), channelsOf(x), spatialOf(x)];
  const margins = sides.map((side, axis): readonly [number, number] => [0, sizeAt(padded, axis) - side]);
  const whole = g.pad(x, [[0, 0], ...margins, [0, 0]]);
  const axes = [1, 2, 3].filter((axis) => sizeAt(shift, axis - 1) > 0);
  const distances = axes.map((axis) => sizeAt(shift, axis - 1));
  const backwards = distances.map((distance) => -distance);
  const rolled = shifted ? g.roll(whole, axes, backwards) : whole;
  const windows = g.reshape(partition(g, rolled, edges), [batch * count, size, channels]);
  const joined = unpartition(g, layer(windows), whole.shape, edges);
  const unrolled = shifted ? g.roll(joined, axes, distances) : joined;
  return g.slice(unrolled, [0, 0, 0, 0, 0], x.shape);
}

/**
 * MONAI joins the eight voxels of a cube in this order of (d, h, w) offsets: 000 100 010 001 110 101 011 111. A transpose
 * gives binary order; entry i is where MONAI has the i-th of those.
 */
const MERGE_ORDER = Int32Array.of(0, 3, 2, 6, 1, 5, 4, 7);

/**
 * Halves the sides: eight neighbours become one voxel of eight times the channels, which a layer norm and a linear layer
 * reduce to twice the channels. The voxels stay in binary order, and the parameters are brought into it instead, because
 * they are fewer.
 *
 * @see MONAI monai.networks.nets.swin_unetr.PatchMerging
 */
function mergePatches(g: GraphBuilder, x: Value): Value {
  const channels = channelsOf(x);
  const [wide, narrow] = [8 * channels, 2 * channels];
  const order = g.constant(MERGE_ORDER, [8]);

  function reordered(parameter: Value): Value {
    return g.reshape(g.gather(g.reshape(parameter, [8, -1]), order), parameter.shape);
  }

  const cubes = cubesToChannels(g, x, CUBE);
  const normed = g.scoped('norm', () => {
    const { gamma, beta } = normParameters(g, wide);
    return g.layerNorm(cubes, reordered(gamma), reordered(beta), LAYER_NORM_EPSILON);
  });
  return g.scoped('reduction', () => {
    const weight = g.weight('weight', { layout: 'linear', storedShape: [narrow, wide], init: torchUniform(wide) });
    return g.reshape(g.matMul(g.reshape(normed, [-1, wide]), reordered(weight)), cubes.shape.with(-1, narrow));
  });
}

function layerNorm(g: GraphBuilder, x: Value): Value {
  const { gamma, beta } = normParameters(g, channelsOf(x));
  return g.layerNorm(x, gamma, beta, LAYER_NORM_EPSILON);
}

/** A layer norm without parameters. @see MONAI SwinTransformer.proj_out */
function normalised(g: GraphBuilder, x: Value): Value {
  const channels = channelsOf(x);
  const gamma = g.constant(new Float32Array(channels).fill(1), [channels]);
  const beta = g.constant(new Float32Array(channels), [channels]);
  return g.layerNorm(x, gamma, beta, LAYER_NORM_EPSILON);
}

function normParameters(g: GraphBuilder, channels: number): { readonly gamma: Value; readonly beta: Value } {
  const storedShape = [channels];
  return {
    gamma: g.weight('weight', { layout: 'plain', storedShape, init: ONES }),
    beta: g.weight('bias', { layout: 'plain', storedShape, init: ZEROS }),
  };
}

import type { GraphBuilder } from '../builder.ts';
import { sizeAt } from '../shapes.ts';
import type { Value } from '../types.ts';
import { biasVector, channelsOf, linear, torchUniform } from './layers.ts';
import type { ShiftMask } from './shifted-windows.ts';

/**
 * Multi-head self-attention within windows, with a learned bias for each relative position.
 *
 * Legend: B windows of all images · T voxels (tokens) of a window · S heads · c channels of a head.
 */

export interface AttentionSettings {
  readonly heads: number;
  /** Edge of the window that the bias table was made for. */
  readonly windowSize: number;
  readonly mask: ShiftMask | null;
}

/**
 * @param x [B, T, C]
 * @returns [B, T, C]
 * @see MONAI monai.networks.nets.swin_unetr.WindowAttention
 */
export function windowAttention(g: GraphBuilder, x: Value, { heads, windowSize, mask }: AttentionSettings): Value {
  const [windows, tokens, channels] = [sizeAt(x.shape, 0), sizeAt(x.shape, 1), channelsOf(x)];
  const bias = positionBias(g, windowSize, tokens, heads);
  const [q, k, v] = queriesKeysValues(g, x, heads);
  const attended =
    mask === null
      ? inParts(g, q, k, v, bias)
      : inParts(g, g.concat([q, mask.queries], 3), g.concat([k, mask.keys], 3), v, bias);
  const joined = g.reshape(g.transpose(attended, [0, 2, 1, 3]), [windows, tokens, channels]);
  return g.scoped('proj', () => linear(g, joined, channels));
}

/** Three tensors [B, S, T, c]; the queries are scaled by c^−½. */
function queriesKeysValues(g: GraphBuilder, x: Value, heads: number): readonly [Value, Value, Value] {
  const [windows, tokens, channels] = [sizeAt(x.shape, 0), sizeAt(x.shape, 1), channelsOf(x)];
  const headChannels = channels / heads;
  const rows = g.scoped('qkv', () => {
    const weight = g.weight('weight', {
      layout: 'linear',
      storedShape: [3 * channels, channels],
      init: torchUniform(channels),
    });
    const bias = biasVector(g, 3 * channels, torchUniform(channels));
    // Scaling the query's columns of the weights is the same as scaling the queries, which are far more.
    const factors = new Float32Array(3 * channels).fill(1).fill(headChannels ** -0.5, 0, channels);
    const scale = g.constant(factors, [3 * channels]);
    return g.add(g.matMul(g.reshape(x, [-1, channels]), g.mul(weight, scale)), g.mul(bias, scale));
  });
  const byHead = g.transpose(g.reshape(rows, [windows, tokens, 3, heads, headChannels]), [2, 0, 3, 1, 4]);
  const [q, k, v] = g
    .split(byHead, 0, [1, 1, 1])
    .map((part) => g.reshape(part, [windows, heads, tokens, headChannels]));
  if (q === undefined || k === undefined || v === undefined) throw new Error('a split in three has three parts');
  return [q, k, v];
}

/** `attention` of some windows after the others, so that only some matrices of [T, T] have to be there at a time. */
function inParts(g: GraphBuilder, q: Value, k: Value, v: Value, bias: Value): Value {
  const windows = sizeAt(q.shape, 0);
  const parts = Math.min(g.attentionParts, windows);
  const sizes = Array.from(
    { length: parts },
    (_, part) => Math.floor(((part + 1) * windows) / parts) - Math.floor((part * windows) / parts),
  );
  const [queries, keys, values] = [q, k, v].map((value) => g.split(value, 0, sizes));
  const attended = sizes.map((_, part) => {
    const [ofQ, ofK, ofV] = [queries?.[part], keys?.[part], values?.[part]];
    if (ofQ === undefined || ofK === undefined || ofV === undefined)
      throw new Error('a split has a part for each size');
    return attention(g, ofQ, ofK, ofV, bias);
  });
  return g.concat(attended, 0);
}

/**
 * softmax(q·kᵀ + bias)·v with a gradient that passes over the [T, T] matrices P and dS as seldom as can be:
 *
 * dS = P ∘ (dO·vᵀ − rowsum(dO ∘ O)), the row sums as one more column of the product: [dO, −rowsum]·[v, 1]ᵀ;
 * dv = (dOᵀ·P)ᵀ and dk = (qᵀ·dS)ᵀ, whose large factor is not transposed.
 *
 * @param q [B, S, T, c'], @param k [B, S, T, c'], @param v [B, S, T, c], @param bias [S, T, T]
 * @returns [B, S, T, c]
 */
function attention(g: GraphBuilder, q: Value, k: Value, v: Value, bias: Value): Value {
  let probabilities: Value | null = null;

  function forward(): Value {
    probabilities = g.softmax(g.add(g.matMul(q, k, { transposeB: true }), bias));
    return g.matMul(probabilities, v);
  }

  function gradient(dO: Value, output: Value): readonly Value[] {
    if (probabilities === null) throw new Error('the gradient of attention needs its forward pass');
    const rowSums = g.sum(g.mul(dO, output), [3], true);
    const ones = g.broadcastTo(g.scalar(1), v.shape.with(3, 1));
    const dP = g.matMul(g.concat([dO, g.neg(rowSums)], 3), g.concat([v, ones], 3), { transposeB: true });
    const dS = g.mul(probabilities, dP);
    const dV = g.transpose(g.matMul(dO, probabilities, { transposeA: true }), [0, 1, 3, 2]);
    const dK = g.transpose(g.matMul(q, dS, { transposeA: true }), [0, 1, 3, 2]);
    return [g.matMul(dS, k), dK, dV, g.sum(dS, [0])];
  }

  return g.withGradient([q, k, v, bias], forward, gradient);
}

/**
 * The learned bias of each pair of voxels of a window: [S, T, T].
 *
 * For windows that are smaller than the table's, MONAI takes the first T rows and columns of the large window's index, so
 * that positions are counted as in the large window. Weights are trained that way, so we do the same.
 */
function positionBias(g: GraphBuilder, windowSize: number, tokens: number, heads: number): Value {
  const table = g.weight('relative_position_bias_table', {
    layout: 'plain',
    storedShape: [(2 * windowSize - 1) ** 3, heads],
    init: { kind: 'truncatedNormal', std: 0.02 }, // MONAI WindowAttention
  });
  const index = g.computedConstant(
    `relative positions of ${tokens} in a window of ${windowSize}`,
    'int32',
    [tokens * tokens],
    () => relativePositionIndex(windowSize, tokens),
  );
  return g.reshape(g.transpose(g.gather(table, index), [1, 0]), [heads, tokens, tokens]);
}

/** MONAI's `relative_position_index[:tokens, :tokens]`. */
export function relativePositionIndex(windowSize: number, tokens: number): Int32Array {
  const span = 2 * windowSize - 1;
  // The index of a pair is linear in both positions: the difference of two numbers and a constant.
  const code = Int32Array.from({ length: tokens }, (_, token) => {
    const [z, y, x] = [
      Math.floor(token / windowSize ** 2),
      Math.floor(token / windowSize) % windowSize,
      token % windowSize,
    ];
    return (z * span + y) * span + x;
  });
  const middle = (windowSize - 1) * (span * span + span + 1);
  const index = new Int32Array(tokens * tokens);
  for (let i = 0; i < tokens; i++) {
    const row = (code[i] ?? 0) + middle;
    for (let j = 0; j < tokens; j++) index[i * tokens + j] = row - (code[j] ?? 0);
  }
  return index;
}

import type { GraphBuilder } from '../builder.ts';
import { elementCount, sizeAt } from '../shapes.ts';
import type { Value } from '../types.ts';
import { grow } from './convolutions.ts';
import { channelsOf, spatialOf } from './layers.ts';
import { convolve } from './precision.ts';

/**
 * A transposed convolution of kernel and stride 2 (`up`, [Cin, 8·Cup]) and a convolution of what it makes, as one layer that never
 * makes it: both are linear, and nothing stands between them.
 */

/**
 * Whether that is worth it for 3×3×3 filters: 64 products a voxel of x, and two passes to put the blocks together, against
 * 8·27 and the growth itself.
 */
export function isCheaperComposed(x: Value, up: number, channels: number): boolean {
  const inner = channelsOf(x);
  const voxels = elementCount(spatialOf(x));
  const filters = inner * 8 * 27 * channels * (up + 64);
  const [apart, composed] = [voxels * 8 * up * (27 * channels + inner), voxels * 64 * inner * channels + filters];
  return composed < apart / 2;
}

/**
 * A 3×3×3 convolution, zero padding 1, of the grown volume.
 *
 * Along an axis, voxel 2i + p of the result (p 0 or 1) sees the grown voxels 2i + p + t − 1 for the taps t of the filter, and each
 * of these is tap k = (p + t − 1) mod 2 of voxel ⌊(p + t − 1) / 2⌋ + i of x: of i + p − 1 or of i + p. So a filter of 2×2×2 gives all
 * eight places of a block, one place p seen from position i + p.
 *
 * @param filter [3, 3, 3, Cup, Cout]
 * @returns [N, 2D, 2H, 2W, Cout]
 */
export function convolvedUp(g: GraphBuilder, x: Value, up: Value, filter: Value): Value {
  const [inner, middle, outer] = [channelsOf(x), sizeAt(filter.shape, 3), sizeAt(filter.shape, 4)];
  const taps = g.reshape(g.transpose(g.reshape(filter, [27, middle, outer]), [1, 0, 2]), [middle, 27 * outer]);
  const products = g.reshape(g.matMul(g.reshape(up, [inner * 8, middle]), taps), [inner, 8, 27, outer]);
  const byTaps = g.reshape(g.transpose(products, [1, 2, 0, 3]), [8 * 27, inner * outer]);
  const meetings = g.computedConstant('composed filter taps', 'float32', [64, 8 * 27], meetingTaps);
  const sums = g.matMul(meetings, byTaps);
  const composed = g.reshape(g.transpose(g.reshape(sums, [8, 8, inner, outer]), [0, 2, 1, 3]), [
    2,
    2,
    2,
    inner,
    8 * outer,
  ]);

  const border = [1, 1] as const;
  const padded = g.pad(x, [[0, 0], border, border, border, [0, 0]]);
  const blocks = convolve(g, padded, composed, { strides: [1, 1, 1], padding: 'valid' });
  const [batch, [depth, height, width]] = [sizeAt(x.shape, 0), spatialOf(x)];
  const seen = g.reshape(blocks, [batch, depth + 1, height + 1, width + 1, 2, 2, 2, outer]);
  const joined = g.reshape(g.transpose(seen, [0, 1, 4, 2, 5, 3, 6, 7]), [
    batch,
    2 * depth + 2,
    2 * height + 2,
    2 * width + 2,
    outer,
  ]);
  return g.slice(joined, [0, 1, 1, 1, 0], [batch, 2 * depth, 2 * height, 2 * width, outer]);
}

/** A 1×1×1 convolution of the grown volume. @param filter [Cup, Cout] */
export function pointwiseUp(g: GraphBuilder, x: Value, up: Value, filter: Value): Value {
  const [middle, outer] = [sizeAt(filter.shape, 0), sizeAt(filter.shape, 1)];
  const composed = g.matMul(g.reshape(up, [-1, middle]), filter);
  return grow(g, x, g.reshape(composed, [channelsOf(x), 8 * outer]), [2, 2, 2]);
}

/**
 * Which products of taps make the composed filter: [a, 1 − p] × [k, t], each three axes, a being 0 for voxel i + p − 1 and 1 for
 * i + p. (Places stand in the order of 1 − p, so that the blocks of position i + p make 2i + p + 1 the voxel's place in a row.)
 */
function meetingTaps(): Float32Array {
  const meets = (a: number, place: number, k: number, t: number): boolean => {
    const p = 1 - place;
    const at = p + t - 1;
    return Math.floor(at / 2) + 1 - p === a && (at + 2) % 2 === k;
  };
  const digit = (number: number, base: number, axis: number) => Math.floor(number / base ** (2 - axis)) % base;
  const matrix = new Float32Array(64 * 216);
  for (let row = 0; row < 64; row++) {
    const [a, place] = [row >> 3, row & 7];
    for (let column = 0; column < 216; column++) {
      const [k, t] = [Math.floor(column / 27), column % 27];
      const all = [0, 1, 2].every((axis) =>
        meets(digit(a, 2, axis), digit(place, 2, axis), digit(k, 2, axis), digit(t, 3, axis)),
      );
      if (all) matrix[row * 216 + column] = 1;
    }
  }
  return matrix;
}

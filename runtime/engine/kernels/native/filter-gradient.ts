import type { Shape } from '../../../../compiler/graph/types.ts';
import { attr, type TensorId } from '../../native/binding.ts';
import type { TensorFlowOps } from '../../native/operations.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeStep, type NodeSite, withTemporaries } from './kernel.ts';

/**
 * The filter gradient of a 3×3×3 convolution as batched matrix products. On CPUs without AVX-512, oneDNN unfolds the volume to
 * 27 columns a channel and multiplies by a narrow dy; this takes two thirds of the time with 48 channels.
 *
 * dW[kd,kh,kw] = Σ x[d+kd, h+kh, w+kw]ᵀ·dy[d,h,w] over voxels, x padded by one. The three shifts along W become channels of
 * x, the three along H channels of dy, and one product of [3·Cin] by [3·Cout] gives all nine; the shifts along D are three
 * such products on views of the same planes. A few planes at a time, so that they stay in cache.
 *
 * Both tensors are laid out as rows of voxels in planes of (H+2)·(W+2), so that a shift is an offset in rows, and a slice at
 * most offsets a view. What a shift carries over the end of a line, column or volume meets the zeros that pad dy.
 */

const RESHAPE = [FLOAT, attr.dtype('Tshape', 'int32')];
const SLICE = [FLOAT, attr.dtype('Index', 'int32')];
const PAD = [FLOAT, attr.dtype('Tpaddings', 'int32')];
const TIMES = [FLOAT, attr.bool('adj_x', true), attr.bool('adj_y', false)];
const SUM = [FLOAT, attr.dtype('Tidx', 'int32'), attr.bool('keep_dims', false)];
const TRANSPOSE = [FLOAT, attr.dtype('Tperm', 'int32')];
const SHIFTS = [0, 1, 2] as const;

/** Bytes of unfolded planes at a time. */
const CHUNK_BYTES = 48 * 1024 ** 2;

/** Fewer voxels and more channels than these are faster in oneDNN (measured on Zen 3). */
const FEWEST_VOXELS = 20 ** 3;
const MOST_CHANNELS = 96;

/** Whether the unfolded form is faster here. */
export function isFasterUnfolded({ attributes, inputs }: NodeSite<'conv3dGradFilter'>, tf: TensorFlowOps): boolean {
  const { filterShape, strides, padding } = attributes;
  const [inner, outer] = [at(filterShape, 3), at(filterShape, 4)];
  const voxels = at(inputs, 0)
    .shape.slice(1, 4)
    .reduce((product, size) => product * size, 1);
  const plain = padding === 'same' && strides.every((stride) => stride === 1);
  const cubic = filterShape.slice(0, 3).every((size) => size === 3);
  const narrow =
    Math.min(inner, outer) >= 16 && Math.max(inner, outer) <= MOST_CHANNELS && inner + outer < 2 * MOST_CHANNELS;
  const wide = at(inputs, 0).dtype === 'float32';
  return !tf.gpu && !tf.avx512 && wide && plain && cubic && narrow && voxels >= FEWEST_VOXELS;
}

/** @param site of a 3×3×3 convolution with stride 1 and SAME padding: (x, dy) → dfilter */
export function unfoldedFilterGradient(site: NodeSite<'conv3dGradFilter'>, tf: TensorFlowOps): NativeStep {
  const [batch = 1, depth = 1, height = 1, width = 1, inner = 1] = at(site.inputs, 0).shape;
  const outer = at(at(site.inputs, 1).shape, 4);
  const sizes = { line: width + 2, plane: (height + 2) * (width + 2), inner, outer };
  // Shifts reach two voxels behind the last plane of x, and two lines before the first plane of dy.
  const layX = layOut([1, 2, 1, 1, 1, 1], [batch * (depth + 3) * sizes.plane, inner], tf);
  const layDy = layOut([1, 0, 0, 2, 0, 2], [batch * (depth + 1) * sizes.plane, outer], tf);
  const chunks = chunksOf(batch, depth, sizes.plane * 3 * Math.max(inner, outer) * 4).map((chunk) =>
    chunkGradient(chunk, sizes, tf),
  );
  const finish = arrange(inner, outer, tf);

  return ([x = -1, dy = -1]) =>
    withTemporaries(tf, (keep) => {
      const [rowsX, rowsDy] = [keep(layX(x)), keep(layDy(dy))];
      return [finish(chunks.map((gradient) => gradient(rowsX, rowsDy)))];
    });
}

/** Pads depth, height and width and gives [rows, C]. */
function layOut(sides: readonly number[], rows: Shape, tf: TensorFlowOps): (x: TensorId) => TensorId {
  const padding = tf.ints([0, 0, ...sides, 0, 0], [5, 2]);
  const flat = tf.ints(rows);
  return (x) => {
    const padded = tf.run('Pad', PAD, [x, padding]);
    const laid = tf.run('Reshape', RESHAPE, [padded, flat]);
    tf.free(padded);
    return laid;
  };
}

interface Chunk {
  /** Its first plane among the padded planes of dy, and of x. */
  readonly dy: number;
  readonly x: number;
  readonly planes: number;
}

function chunksOf(batch: number, depth: number, bytesOfPlane: number): Chunk[] {
  const planes = Math.max(1, Math.min(depth, Math.round(CHUNK_BYTES / bytesOfPlane)));
  const chunks: Chunk[] = [];
  for (let sample = 0; sample < batch; sample++) {
    for (let first = 0; first < depth; first += planes) {
      const count = Math.min(planes, depth - first);
      chunks.push({ dy: sample * (depth + 1) + 1 + first, x: sample * (depth + 3) + first, planes: count });
    }
  }
  return chunks;
}

interface Sizes {
  /** Rows of a line of voxels, and of a plane. */
  readonly line: number;
  readonly plane: number;
  readonly inner: number;
  readonly outer: number;
}

/** @returns (rows of x, rows of dy) → one [3·Cin, 3·Cout] for each shift along D */
function chunkGradient({ dy, x, planes }: Chunk, { line, plane, inner, outer }: Sizes, tf: TensorFlowOps) {
  const alongW = SHIFTS.map((shift) => slicer([x * plane + shift, 0], [(planes + 2) * plane, inner], tf));
  const alongH = SHIFTS.map((shift) => slicer([dy * plane - shift * line, 0], [planes * plane, outer], tf));
  const alongD = SHIFTS.map((shift) => slicer([shift, 0, 0], [planes, plane, 3 * inner], tf));
  const matrixX = tf.ints([planes + 2, plane, 3 * inner]);
  const matrixDy = tf.ints([planes, plane, 3 * outer]);
  const overPlanes = tf.ints([0]);

  return (rowsX: TensorId, rowsDy: TensorId): TensorId[] =>
    withTemporaries(tf, (keep) => {
      const left = keep(tf.run('Reshape', RESHAPE, [keep(asChannels(alongW, rowsX, tf)), matrixX]));
      const right = keep(tf.run('Reshape', RESHAPE, [keep(asChannels(alongH, rowsDy, tf)), matrixDy]));
      return alongD.map((take) => {
        const shifted = take(left);
        const products = tf.run('BatchMatMulV2', TIMES, [shifted, right]);
        const sum = tf.run('Sum', SUM, [products, overPlanes]);
        tf.free(shifted);
        tf.free(products);
        return sum;
      });
    });
}

function slicer(begin: readonly number[], size: Shape, tf: TensorFlowOps): (x: TensorId) => TensorId {
  const [from, extent] = [tf.ints(begin), tf.ints(size)];
  return (x) => tf.run('Slice', SLICE, [x, from, extent]);
}

/** The shifted rows side by side in the channels. */
function asChannels(shifts: readonly ((x: TensorId) => TensorId)[], rows: TensorId, tf: TensorFlowOps): TensorId {
  const attributes = [FLOAT, attr.dtype('Tidx', 'int32'), attr.int('N', shifts.length)];
  const parts = shifts.map((shift) => shift(rows));
  const joined = tf.run('ConcatV2', attributes, [...parts, tf.ints([1], [])]);
  for (const part of parts) tf.free(part);
  return joined;
}

/** Adds the chunks up and brings [kd, (kw, Cin), (kh, Cout)] to [kd, kh, kw, Cin, Cout]. */
function arrange(inner: number, outer: number, tf: TensorFlowOps) {
  const split = tf.ints([3, 3, inner, 3, outer]);
  const permutation = tf.ints([0, 3, 1, 2, 4]);
  const pack = [FLOAT, attr.int('N', 3), attr.int('axis', 0)];
  return (chunks: readonly (readonly TensorId[])[]): TensorId =>
    withTemporaries(tf, (keep) => {
      const totals = SHIFTS.map((shift) => {
        const parts = chunks.map((sums) => keep(at(sums, shift)));
        return parts.length === 1 ? at(parts, 0) : keep(tf.run('AddN', [FLOAT, attr.int('N', parts.length)], parts));
      });
      const stacked = keep(tf.run('Pack', pack, totals));
      return tf.run('Transpose', TRANSPOSE, [keep(tf.run('Reshape', RESHAPE, [stacked, split])), permutation]);
    });
}

import type { Shape } from '../../../../compiler/graph/types.ts';
import { attr, type TensorId } from '../../native/binding.ts';
import type { TensorFlowOps } from '../../native/operations.ts';
import { FLOAT } from './elementwise.ts';
import { at, withTemporaries } from './kernel.ts';

/**
 * Sums and scales by sample and channel of NDHWC volumes.
 *
 * On CPUs by matrix products, which run at the speed of memory: scaling by diag(a) takes 3.5 ms at 96³×16 where a broadcast
 * multiplication takes 5.8, and a sum by a row of ones a third of what a reduction takes. GPUs would round to TF32.
 * A product of matrices and the offset after it are one pass in a whole graph, where TensorFlow fuses them.
 */

const RESHAPE = [FLOAT, attr.dtype('Tshape', 'int32')];
const TIMES = [FLOAT, attr.bool('adj_x', false), attr.bool('adj_y', false)];
const MATRIX = [FLOAT, attr.bool('transpose_a', false), attr.bool('transpose_b', false)];
const BIAS = [FLOAT, attr.string('data_format', 'NHWC')];
const REDUCE = [FLOAT, attr.dtype('Tidx', 'int32'), attr.bool('keep_dims', false)];

/** With more channels a broadcast multiplication is faster than a product with diag(a). */
const MOST_DIAGONAL = 16;

/** For tensors of one shape, [N, D, H, W, C]; vectors are [N, C]. */
export interface Channels {
  /** Σ over the voxels of x². */
  sumOfSquares(x: TensorId): TensorId;
  /** Σ over the voxels of x. */
  sum(x: TensorId): TensorId;
  /** x·scale + offset. */
  scaleAndShift(x: TensorId, scale: TensorId, offset: TensorId): TensorId;
}

export function channels(shape: Shape, tf: TensorFlowOps): Channels {
  const [batch = 1, depth = 1, height = 1, width = 1, count = 1] = shape;
  const voxels = depth * height * width;
  const rows = tf.ints([batch, voxels, count]);
  // Plane by plane, so that no float32 sum runs over a million voxels.
  const planes = tf.ints([batch * depth, height * width, count]);
  const ones = tf.filled(1, [1, 1, height * width]);
  const byPlane = tf.ints([batch, depth, count]);
  const overPlanes = tf.ints([1]);
  const vectors = tf.ints([batch, 1, count]);
  const matrix = tf.ints([batch * voxels, count]);
  const vector = tf.ints([batch * count]);
  const whole = tf.ints(shape);
  const reshaped = (x: TensorId, to: TensorId) => tf.run('Reshape', RESHAPE, [x, to]);

  const diagonalOf = (scale: TensorId, keep: (id: TensorId) => TensorId) =>
    keep(tf.run('MatrixDiag', [FLOAT], [keep(reshaped(scale, vector))]));

  const overRows = (x: TensorId): TensorId =>
    withTemporaries(tf, (keep) => tf.run('Sum', REDUCE, [keep(reshaped(x, rows)), overPlanes]));
  const addPlanes = (perPlane: TensorId): TensorId =>
    withTemporaries(tf, (keep) => tf.run('Sum', REDUCE, [keep(reshaped(perPlane, byPlane)), overPlanes]));

  const sum = (x: TensorId): TensorId => {
    if (tf.gpu) return overRows(x);
    return withTemporaries(tf, (keep) =>
      addPlanes(keep(tf.run('BatchMatMulV2', TIMES, [ones, keep(reshaped(x, planes))]))),
    );
  };

  return {
    sum,
    sumOfSquares(x) {
      return withTemporaries(tf, (keep) => sum(keep(tf.run('Square', [FLOAT], [x]))));
    },
    scaleAndShift(x, scale, offset) {
      return withTemporaries(tf, (keep) => {
        const diagonal = !tf.gpu && count <= MOST_DIAGONAL;
        if (diagonal && batch === 1) {
          const product = keep(tf.run('MatMul', MATRIX, [keep(reshaped(x, matrix)), diagonalOf(scale, keep)]));
          return reshaped(keep(tf.run('BiasAdd', BIAS, [product, keep(reshaped(offset, vector))])), whole);
        }
        const flat = keep(reshaped(x, rows));
        const scaled = diagonal
          ? keep(tf.run('BatchMatMulV2', TIMES, [flat, keep(tf.run('MatrixDiag', [FLOAT], [scale]))]))
          : keep(tf.run('Mul', [FLOAT], [flat, keep(reshaped(scale, vectors))]));
        return reshaped(keep(tf.run('AddV2', [FLOAT], [scaled, keep(reshaped(offset, vectors))])), whole);
      });
    },
  };
}

/** Means over each group of channels, spread to the channels again: [N, C] → [N, C]. */
export function groupMeans(shape: Shape, groups: number, tf: TensorFlowOps): (perChannel: TensorId) => TensorId {
  const [batch, count] = [at(shape, 0), at(shape, shape.length - 1)];
  const grouped = tf.ints([batch, groups, count / groups]);
  const flat = tf.ints([batch, count]);
  const axis = tf.ints([2]);
  const keeping = [FLOAT, attr.dtype('Tidx', 'int32'), attr.bool('keep_dims', true)];
  return (perChannel) =>
    withTemporaries(tf, (keep) => {
      const split = keep(tf.run('Reshape', RESHAPE, [perChannel, grouped]));
      const means = keep(tf.run('Mean', keeping, [split, axis]));
      const spread = keep(tf.run('BroadcastTo', [FLOAT, attr.dtype('Tidx', 'int32')], [means, grouped]));
      return tf.run('Reshape', RESHAPE, [spread, flat]);
    });
}

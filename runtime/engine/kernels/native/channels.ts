import type { Shape } from '../../../../compiler/graph/types.ts';
import { attr, type TensorId } from '../../native/binding.ts';
import type { TensorFlowOps } from '../../native/operations.ts';
import { FLOAT } from './elementwise.ts';
import { at, withTemporaries } from './kernel.ts';

/**
 * Sums and scales by sample and channel of NDHWC volumes.
 *
 * Sums on CPUs by matrix products, which run at the speed of memory: a row of ones takes a third of what a reduction takes. GPUs
 * would round to TF32. Scale and offset of one sample are oneDNN's batch norm, one pass: 3.1 ms at 96³×24 where a broadcast
 * multiplication and a sum take 3.2 each. Without it, few channels are scaled by a product with diag(a).
 */

const RESHAPE = [FLOAT, attr.dtype('Tshape', 'int32')];
const TIMES = [FLOAT, attr.bool('adj_x', false), attr.bool('adj_y', false)];
/** A batch norm whose statistics are given: with a mean of 0 and a variance of 1 it is x·scale + offset. */
const AFFINE = [
  FLOAT,
  attr.dtype('U', 'float32'),
  attr.string('data_format', 'NHWC'),
  attr.bool('is_training', false),
  attr.float('epsilon', 0),
  attr.float('exponential_avg_factor', 1),
];
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
  const sample = tf.ints([1, depth, height * width, count]);
  const vector = tf.ints([count]);
  const [zeros, units] = [tf.filled(0, [count]), tf.filled(1, [count])];
  const whole = tf.ints(shape);
  const reshaped = (x: TensorId, to: TensorId) => tf.run('Reshape', RESHAPE, [x, to]);

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
        if (tf.oneDnn && batch === 1) {
          const operands = [keep(reshaped(x, sample)), keep(reshaped(scale, vector)), keep(reshaped(offset, vector))];
          const [y = -1, ...statistics] = tf.runMany('FusedBatchNormV3', AFFINE, [...operands, zeros, units], 6);
          for (const id of [y, ...statistics]) keep(id);
          return reshaped(y, whole);
        }
        const diagonal = !tf.gpu && count <= MOST_DIAGONAL;
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

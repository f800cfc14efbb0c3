import type { Shape } from '../../../../compiler/graph/types.ts';
import { attr, type TensorId } from '../../native/binding.ts';
import type { TensorFlowOps } from '../../native/operations.ts';
import { FLOAT } from './elementwise.ts';
import { at, withTemporaries } from './kernel.ts';

/**
 * TensorFlow's fused batch norm on one sample at a time, the fastest way to statistics over a volume: 24 ms forward and
 * backward at 96³×24, against 681 for moments and their autograd.
 */

const RESHAPE = [FLOAT, attr.dtype('Tshape', 'int32')];
const FUSED = [FLOAT, attr.dtype('U', 'float32'), attr.string('data_format', 'NHWC'), attr.bool('is_training', true)];

export interface SampleNorm {
  /** (x of one sample, scale [C], offset [C]) → [y, mean [C], variance [C], saved mean, saved spread, reserve] */
  forward(x: TensorId, scale: TensorId, offset: TensorId): TensorId[];
  /** (dy, x, scale [C], saved mean, saved spread) → [dx, Σ dy·x̂ [C], Σ dy [C], –, –] */
  backward(dy: TensorId, x: TensorId, scale: TensorId, mean: TensorId, spread: TensorId): TensorId[];
}

/** Inputs and outputs of the functions are single samples, [1, D, H·W, C]. */
export function sampleNorm(epsilon: number, tf: TensorFlowOps): SampleNorm {
  const forward = [...FUSED, attr.float('epsilon', epsilon), attr.float('exponential_avg_factor', 1)];
  const backward = [...FUSED, attr.float('epsilon', epsilon)];
  const empty = tf.floats([]);
  return {
    forward: (x, scale, offset) => tf.runMany('FusedBatchNormV3', forward, [x, scale, offset, empty, empty], 6),
    backward(dy, x, gamma, mean, spread) {
      return tf.runMany('FusedBatchNormGradV3', backward, [dy, x, gamma, mean, spread, empty], 5);
    },
  };
}

/**
 * On CPUs the fused op adds up one voxel after another: at 96³ it is off by 4e-4, moments by 1e-6, at a fifth more time.
 * Of few voxels E[x²] − μ² may be a small difference of large numbers, and the fused op is precise.
 */
const MANY_VOXELS = 16 ** 3;

/** Whether each channel of a sample is normalised by the fused op, rather than from moments. */
export function isFused(shape: Shape, tf: TensorFlowOps): boolean {
  return tf.gpu || shape.slice(1, -1).reduce((product, size) => product * size, 1) < MANY_VOXELS;
}

/**
 * All samples by the fused op: (x, scale [C], offset [C]) → [y, mean [N, C], spread [N, C]]. The statistics are the ones
 * that TensorFlow's own gradient takes: mean, and variance or (on GPUs) 1/std.
 */
export function fusedSamples(shape: Shape, epsilon: number, tf: TensorFlowOps) {
  const samples = samplesOf(shape, tf);
  const vectors = vectorsOf(at(shape, 0), at(shape, shape.length - 1), tf);
  const norm = sampleNorm(epsilon, tf);
  return (x: TensorId, scale: TensorId, offset: TensorId): TensorId[] => {
    const outputs: TensorId[] = [];
    const means: TensorId[] = [];
    const spreads: TensorId[] = [];
    for (const sample of samples.split(x)) {
      const [y = -1, batchMean = -1, batchVariance = -1, mean = -1, spread = -1, reserve = -1] = norm.forward(
        sample,
        scale,
        offset,
      );
      for (const id of [sample, batchMean, batchVariance, reserve]) tf.free(id);
      outputs.push(y);
      means.push(mean);
      spreads.push(spread);
    }
    return [samples.join(outputs), vectors.stack(means), vectors.stack(spreads)];
  };
}

/** Splits NDHWC into its samples, [1, D, H·W, C] each, and puts samples together again. Views where memory allows. */
export function samplesOf(shape: Shape, tf: TensorFlowOps) {
  const [batch = 1, depth = 1, height = 1, width = 1, channels = 1] = shape;
  const flat = tf.ints([batch, depth, height * width, channels]);
  const whole = tf.ints(shape);
  const sizes = tf.ints(Array.from({ length: batch }, () => 1));
  const axis = tf.ints([0], []);
  const splitAttributes = [FLOAT, attr.int('num_split', batch), attr.dtype('Tlen', 'int32')];
  const concatAttributes = [FLOAT, attr.dtype('Tidx', 'int32'), attr.int('N', batch)];
  return {
    split(x: TensorId): TensorId[] {
      const rows = tf.run('Reshape', RESHAPE, [x, flat]);
      if (batch === 1) return [rows];
      const samples = tf.runMany('SplitV', splitAttributes, [rows, sizes, axis], batch);
      tf.free(rows);
      return samples;
    },
    /** Frees the samples. */
    join(samples: readonly TensorId[]): TensorId {
      return withTemporaries(tf, (keep) => {
        for (const sample of samples) keep(sample);
        const [first = -1] = samples;
        const together = batch === 1 ? first : keep(tf.run('ConcatV2', concatAttributes, [...samples, axis]));
        return tf.run('Reshape', RESHAPE, [together, whole]);
      });
    },
  };
}

/** Vectors [C] of each sample to one [N, C], and back. */
export function vectorsOf(batch: number, channels: number, tf: TensorFlowOps) {
  const vector = tf.ints([channels]);
  const one = tf.ints([1, channels]);
  const stackAttributes = [FLOAT, attr.int('N', batch), attr.int('axis', 0)];
  const unstackAttributes = [FLOAT, attr.int('num', batch), attr.int('axis', 0)];
  return {
    /** Frees the vectors. */
    stack(vectors: readonly TensorId[]): TensorId {
      const [first = -1] = vectors;
      const stacked = batch === 1 ? tf.run('Reshape', RESHAPE, [first, one]) : tf.run('Pack', stackAttributes, vectors);
      for (const id of vectors) tf.free(id);
      return stacked;
    },
    unstack(matrix: TensorId): TensorId[] {
      if (batch === 1) return [tf.run('Reshape', RESHAPE, [matrix, vector])];
      return tf.runMany('Unpack', unstackAttributes, [matrix], batch);
    },
  };
}

import type { Shape } from '../../../../compiler/graph/types.ts';
import { attr, type TensorId } from '../../native/binding.ts';
import type { TensorFlowOps } from '../../native/operations.ts';
import { FLOAT, typeOf } from './elementwise.ts';
import { at, type NativeKernel, type NativeStep, rowsOf, withTemporaries } from './kernel.ts';

const INDEX = attr.dtype('Tidx', 'int32');

/** Below this many rows the call costs more than the arithmetic. */
const MANY_ROWS = 4096;

/** Whether the axes are all but the last one. */
function leavesChannels(shape: Shape, axes: readonly number[]): boolean {
  return shape.length > 1 && axes.length === shape.length - 1 && axes.every((axis, index) => axis === index);
}

/**
 * Sums of the columns of [rows, C], times `weight`, as [1, C]: a product with a row of ones is three times as fast as
 * TensorFlow's reduction. A GPU would round the product to TF32, so it sums.
 */
export function columnSums(rows: number, weight: number, tf: TensorFlowOps): (matrix: TensorId) => TensorId {
  if (tf.gpu) {
    const axis = tf.ints([0]);
    const scale = tf.scalar(weight);
    const attributes = [FLOAT, INDEX, attr.bool('keep_dims', true)];
    return (matrix) => {
      const sums = tf.run('Sum', attributes, [matrix, axis]);
      const weighted = tf.run('Mul', [FLOAT], [sums, scale]);
      tf.free(sums);
      return weighted;
    };
  }
  const ones = tf.filled(weight, [1, rows]);
  const attributes = [FLOAT, attr.bool('transpose_a', false), attr.bool('transpose_b', false)];
  return (matrix) => tf.run('MatMul', attributes, [ones, matrix]);
}

function overRows(shape: Shape, outputShape: Shape, weight: number, tf: TensorFlowOps): NativeStep {
  const channels = at(shape, shape.length - 1);
  const rows = rowsOf(shape);
  const sum = columnSums(rows, weight, tf);
  const matrix = tf.ints([rows, channels]);
  const result = tf.ints(outputShape);
  const reshape = [FLOAT, attr.dtype('Tshape', 'int32')];
  return ([x = -1]) =>
    withTemporaries(tf, (keep) => {
      const sums = keep(sum(keep(tf.run('Reshape', reshape, [x, matrix]))));
      return [tf.run('Reshape', reshape, [sums, result])];
    });
}

const reduction =
  (name: 'Sum' | 'Mean'): NativeKernel<'sum' | 'mean'> =>
  (site, tf) => {
    const { axes, keepDims } = site.attributes;
    const { shape, dtype } = at(site.inputs, 0);
    const rows = rowsOf(shape);
    if (!tf.gpu && dtype === 'float32' && rows >= MANY_ROWS && leavesChannels(shape, axes)) {
      return overRows(shape, at(site.outputs, 0).shape, name === 'Sum' ? 1 : 1 / rows, tf);
    }
    const attributes = [typeOf(site), INDEX, attr.bool('keep_dims', keepDims)];
    const dimensions = tf.ints(axes);
    return ([x = -1]) => [tf.run(name, attributes, [x, dimensions])];
  };

const argMax: NativeKernel<'argMax'> = (site, tf) => {
  const attributes = [typeOf(site), INDEX, attr.dtype('output_type', 'int32')];
  const dimension = tf.ints([site.attributes.axis], []);
  return ([x = -1]) => [tf.run('ArgMax', attributes, [x, dimension])];
};

export const reductions = { sum: reduction('Sum'), mean: reduction('Mean'), argMax };

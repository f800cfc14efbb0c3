import type { OpAttributes, Shape } from '../../../../compiler/graph/types.ts';
import { attr } from '../../native/binding.ts';
import type { TensorFlowOps } from '../../native/operations.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeKernel, type NativeStep, rowsOf, withTemporaries } from './kernel.ts';

const RESHAPE = [FLOAT, attr.dtype('Tshape', 'int32')];

/** One matrix product where the second factor is one matrix, a batched one otherwise. */
const matMul: NativeKernel<'matMul'> = (site, tf) => {
  const { transposeA, transposeB } = site.attributes;
  const a = at(site.inputs, 0).shape;
  const b = at(site.inputs, 1).shape;
  const single = [FLOAT, attr.bool('transpose_a', transposeA), attr.bool('transpose_b', transposeB)];
  if (a.length === 2 && b.length === 2) return (inputs) => [tf.run('MatMul', single, inputs)];

  if (b.length === 2 && !transposeA) {
    const matrix = tf.ints([rowsOf(a), at(a, a.length - 1)]);
    const result = tf.ints(at(site.outputs, 0).shape);
    return ([left = -1, right = -1]) =>
      withTemporaries(tf, (keep) => {
        const flat = keep(tf.run('Reshape', RESHAPE, [left, matrix]));
        const product = keep(tf.run('MatMul', single, [flat, right]));
        return [tf.run('Reshape', RESHAPE, [product, result])];
      });
  }
  const batched = [FLOAT, attr.bool('adj_x', transposeA), attr.bool('adj_y', transposeB)];
  return (inputs) => [tf.run('BatchMatMulV2', batched, inputs)];
};

/**
 * (a, b, bias) → a·b + bias as one op, where oneDNN adds the bias to what it has just multiplied: 24 ms where a product and a sum take 39
 * (343 windows of 3 heads and 343 voxels). TensorFlow has it for whole graphs alone, and behind a factor.
 *
 * @param bias of one of the products, [S, M, N]
 */
export function biasedMatMul(
  { transposeA, transposeB }: OpAttributes['matMul'],
  bias: Shape,
  tf: TensorFlowOps,
): NativeStep {
  const attributes = [
    FLOAT,
    attr.bool('adj_x', transposeA),
    attr.bool('adj_y', transposeB),
    attr.strings('fused_ops', ['Mul', 'Add']),
    attr.int('num_args', 2),
  ];
  const factor = tf.scalar(1);
  const ofAll = tf.ints([1, ...bias]);
  return ([a = -1, b = -1, c = -1]) =>
    withTemporaries(tf, (keep) => {
      const added = keep(tf.run('Reshape', RESHAPE, [c, ofAll]));
      return [tf.run('_MklFusedBatchMatMulV2', attributes, [a, b, factor, added])];
    });
}

export const linearAlgebra = { matMul };

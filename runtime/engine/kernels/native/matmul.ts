import { attr } from '../../native/binding.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeKernel, rowsOf, withTemporaries } from './kernel.ts';

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

export const linearAlgebra = { matMul };

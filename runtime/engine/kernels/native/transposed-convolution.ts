import { attr } from '../../native/binding.ts';
import type { TensorFlowOps } from '../../native/operations.ts';
import { typeOf } from './elementwise.ts';
import { at, type NativeStep, type NodeSite, withTemporaries } from './kernel.ts';

/**
 * The input gradient of a convolution whose kernel is as large as its stride: each voxel of dy becomes a block of dx, so it
 * is one matrix product and one transpose.
 *
 * Never Conv3DBackpropInputV2 here: for kernel 2 and stride 2 it returns wrong values with oneDNN on AVX-512, at shapes that
 * look arbitrary (48 output channels at 8³: a third of the values).
 */
export function transposedInputGradient(site: NodeSite<'conv3dGradInput'>, tf: TensorFlowOps): NativeStep {
  const type = typeOf(site);
  const reshape = [type, attr.dtype('Tshape', 'int32')];
  const [batch = 1, ...rest] = at(site.inputs, 0).shape;
  const filter = at(site.inputs, 1).shape;
  const grid = rest.slice(0, 3);
  const kernel = filter.slice(0, 3);
  const [cin, cout] = [at(filter, 3), at(filter, 4)];
  const volume = kernel.reduce((product, size) => product * size, 1);
  const rows = batch * grid.reduce((product, size) => product * size, 1);

  const flatGradient = tf.ints([rows, cout]);
  const flatFilter = tf.ints([volume * cin, cout]);
  const blocks = tf.ints([batch, ...grid, ...kernel, cin]);
  const interleave = tf.ints([0, 1, 4, 2, 5, 3, 6, 7]);
  const covered = grid.map((size, axis) => size * at(kernel, axis));
  const coveredShape = [batch, ...covered, cin];
  const finish = fitTo(site, coveredShape, tf);

  return ([dy = -1, weights = -1]) =>
    withTemporaries(tf, (keep) => {
      const gradient = keep(tf.run('Reshape', reshape, [dy, flatGradient]));
      const matrix = keep(tf.run('Reshape', reshape, [weights, flatFilter]));
      const product = keep(
        tf.run('MatMul', [type, attr.bool('transpose_a', false), attr.bool('transpose_b', true)], [gradient, matrix]),
      );
      const split = keep(tf.run('Reshape', reshape, [product, blocks]));
      const joined = keep(tf.run('Transpose', [type, attr.dtype('Tperm', 'int32')], [split, interleave]));
      return [finish(joined)];
    });
}

/** VALID leaves voxels at the end that no block covers; SAME lets blocks hang over both ends. */
function fitTo(
  site: NodeSite<'conv3dGradInput'>,
  coveredShape: readonly number[],
  tf: TensorFlowOps,
): (joined: number) => number {
  const { inputShape, padding } = site.attributes;
  const type = typeOf(site);
  const reshape = [type, attr.dtype('Tshape', 'int32')];
  const toType = [attr.dtype('SrcT', 'float32'), { ...type, name: 'DstT' }, attr.bool('Truncate', false)];
  const covered = tf.ints(coveredShape);
  const difference = inputShape.map((size, axis) => size - at(coveredShape, axis));
  if (difference.every((size) => size === 0)) return (joined) => tf.run('Reshape', reshape, [joined, covered]);

  const attributes =
    padding === 'valid' ? [type, attr.dtype('Tpaddings', 'int32')] : [type, attr.dtype('Index', 'int32')];
  const paddings = tf.ints(
    difference.flatMap((size) => [0, Math.max(size, 0)]),
    [inputShape.length, 2],
  );
  const begin = tf.ints(difference.map((size) => Math.floor(Math.max(-size, 0) / 2)));
  const size = tf.ints(inputShape);
  return (joined) => {
    const blocks = tf.run('Reshape', reshape, [joined, covered]);
    const fitted =
      padding === 'valid'
        ? withTemporaries(tf, (keep) =>
            tf.run('PadV2', attributes, [blocks, paddings, keep(tf.run('Cast', toType, [tf.scalar(0)]))]),
          )
        : tf.run('Slice', attributes, [blocks, begin, size]);
    tf.free(blocks);
    return fitted;
  };
}

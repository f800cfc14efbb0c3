import type { OpAttributes, Shape } from '../../../../compiler/graph/types.ts';
import { attr, type OpAttribute } from '../../native/binding.ts';
import { typeOf } from './elementwise.ts';
import { isFasterUnfolded, unfoldedFilterGradient } from './filter-gradient.ts';
import { at, type NativeKernel, type NativeStep, type NodeSite, rowsOf, withTemporaries } from './kernel.ts';
import { transposedInputGradient } from './transposed-convolution.ts';

type ConvolutionAttributes = Pick<OpAttributes['conv3d'], 'strides' | 'padding'>;

/** `T` is the format of the operands. */
function convolutionAttributes(type: OpAttribute, { strides, padding }: ConvolutionAttributes): OpAttribute[] {
  return [
    type,
    attr.ints('strides', [1, ...strides, 1]),
    attr.string('padding', padding.toUpperCase()),
    attr.string('data_format', 'NDHWC'),
    attr.ints('dilations', [1, 1, 1, 1, 1]),
  ];
}

/** A 1×1×1 convolution of stride 1 is a matrix product over the voxels, and faster as one. */
function isPointwise(filter: Shape, { strides }: ConvolutionAttributes): boolean {
  return filter.slice(0, 3).every((size) => size === 1) && strides.every((stride) => stride === 1);
}

const channelsOf = (shape: Shape) => at(shape, shape.length - 1);

/** Both inputs as [rows, channels], their product by MatMul, reshaped to `result`. */
function asMatrixProduct(
  site: NodeSite<'conv3d' | 'conv3dGradInput' | 'conv3dGradFilter'>,
  tf: Parameters<NativeKernel<'conv3d'>>[1],
  transpose: { readonly a: boolean; readonly b: boolean },
): NativeStep {
  const [left, right] = site.inputs.map(({ shape }) => tf.ints([rowsOf(shape), channelsOf(shape)]));
  const result = tf.ints(at(site.outputs, 0).shape);
  const type = typeOf(site);
  const reshape = [type, attr.dtype('Tshape', 'int32')];
  const attributes = [type, attr.bool('transpose_a', transpose.a), attr.bool('transpose_b', transpose.b)];
  return ([a = -1, b = -1]) =>
    withTemporaries(tf, (keep) => {
      const flatA = keep(tf.run('Reshape', reshape, [a, left ?? -1]));
      const flatB = keep(tf.run('Reshape', reshape, [b, right ?? -1]));
      const product = keep(tf.run('MatMul', attributes, [flatA, flatB]));
      return [tf.run('Reshape', reshape, [product, result])];
    });
}

const conv3d: NativeKernel<'conv3d'> = (site, tf) => {
  const filter = at(site.inputs, 1).shape;
  if (isPointwise(filter, site.attributes)) return asMatrixProduct(site, tf, { a: false, b: false });
  const attributes = convolutionAttributes(typeOf(site), site.attributes);
  return (inputs) => [tf.run('Conv3D', attributes, inputs)];
};

const conv3dGradInput: NativeKernel<'conv3dGradInput'> = (site, tf) => {
  const { inputShape, strides, padding } = site.attributes;
  const filter = at(site.inputs, 1).shape;
  if (isPointwise(filter, site.attributes)) return asMatrixProduct(site, tf, { a: false, b: true });
  if (strides.every((stride, axis) => stride === filter[axis])) return transposedInputGradient(site, tf);
  if (isFasterFlipped(filter, inputShape, { strides, padding })) return flippedInputGradient(site, tf);
  const attributes = [...convolutionAttributes(typeOf(site), { strides, padding }), attr.dtype('Tshape', 'int32')];
  const sizes = tf.ints(inputShape);
  return ([dy = -1, weights = -1]) => [tf.run('Conv3DBackpropInputV2', attributes, [sizes, weights, dy])];
};

/**
 * oneDNN's input gradient falls behind on small volumes with many channels (31 against 3.6 ms at 3³ with 384); a forward
 * convolution with the flipped filter gives the same.
 */
function isFasterFlipped(filter: Shape, inputShape: Shape, { strides, padding }: ConvolutionAttributes): boolean {
  const odd = filter.slice(0, 3).every((size) => size % 2 === 1);
  const small = inputShape.slice(1, 4).every((size) => size <= 6);
  return odd && small && padding === 'same' && strides.every((stride) => stride === 1);
}

function flippedInputGradient(
  site: NodeSite<'conv3dGradInput'>,
  tf: Parameters<NativeKernel<'conv3dGradInput'>>[1],
): NativeStep {
  const axes = tf.ints([0, 1, 2]);
  const permutation = tf.ints([0, 1, 2, 4, 3]);
  const type = typeOf(site);
  const attributes = convolutionAttributes(type, site.attributes);
  return ([dy = -1, filter = -1]) =>
    withTemporaries(tf, (keep) => {
      const flipped = keep(tf.run('ReverseV2', [type, attr.dtype('Tidx', 'int32')], [filter, axes]));
      const swapped = keep(tf.run('Transpose', [type, attr.dtype('Tperm', 'int32')], [flipped, permutation]));
      return [tf.run('Conv3D', attributes, [dy, swapped])];
    });
}

const conv3dGradFilter: NativeKernel<'conv3dGradFilter'> = (site, tf) => {
  const { filterShape, strides, padding } = site.attributes;
  if (isPointwise(filterShape, site.attributes)) return asMatrixProduct(site, tf, { a: true, b: false });
  if (isFasterUnfolded(site, tf)) return unfoldedFilterGradient(site, tf);
  const attributes = convolutionAttributes(typeOf(site), { strides, padding });
  const sizes = tf.ints(filterShape);
  return ([x = -1, dy = -1]) => [tf.run('Conv3DBackpropFilterV2', attributes, [x, sizes, dy])];
};

export const convolutions = { conv3d, conv3dGradInput, conv3dGradFilter };

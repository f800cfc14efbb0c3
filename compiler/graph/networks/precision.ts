import type { GraphBuilder } from '../builder.ts';
import { sizeAt } from '../shapes.ts';
import type { OpAttributes, Shape, Value } from '../types.ts';

/**
 * The one place where `precision: mixed` rounds: the operands of a convolution and its result, and by the gradients of these
 * casts the operands and results of both gradients. Pointwise convolutions are matrix products, which stay in float32, as all else.
 */

export function convolve(g: GraphBuilder, x: Value, filter: Value, attributes: OpAttributes['conv3d']): Value {
  if (!isNarrow(g, x.shape, filter, attributes)) return g.conv3d(x, filter, attributes);
  return g.cast(g.conv3d(g.cast(x, 'bfloat16'), g.cast(filter, 'bfloat16'), attributes), 'float32');
}

/** A transposed convolution: the input gradient of a convolution, as a layer. */
export function convolveBack(
  g: GraphBuilder,
  x: Value,
  filter: Value,
  attributes: OpAttributes['conv3dGradInput'],
): Value {
  if (!isNarrow(g, attributes.inputShape, filter, attributes)) return g.conv3dGradInput(x, filter, attributes);
  return g.cast(g.conv3dGradInput(g.cast(x, 'bfloat16'), g.cast(filter, 'bfloat16'), attributes), 'float32');
}

/**
 * oneDNN's filter gradients in bfloat16 read and write outside of their tensors where a side is shorter than the filter or has one
 * voxel (3.7 with TensorFlow 2.21), and so do convolutions of one channel and one plane: values up to 1e38, then a crash. With four
 * voxels of a result and two channels at least, 17,000 random cases were right. Smaller volumes take no time to speak of, and an image of one
 * channel is better left as it is.
 */
const FEWEST_VOXELS = 4;
const FEWEST_CHANNELS = 2;

/** @param volume that the filter [kD, kH, kW, Cin, Cout] goes over, NDHWC */
function isNarrow(
  { precision }: GraphBuilder,
  volume: Shape,
  filter: Value,
  { strides }: Pick<OpAttributes['conv3d'], 'strides'>,
): boolean {
  if (precision === 'float32') return false;
  const wide = strides.every(
    (stride, axis) => sizeAt(volume, axis + 1) >= (FEWEST_VOXELS - 1) * stride + sizeAt(filter.shape, axis),
  );
  return wide && filter.shape.slice(3).every((channels) => channels >= FEWEST_CHANNELS);
}

import type { OpName } from '../../../../compiler/graph/types.ts';
import { attr } from '../../native/binding.ts';
import { typeOf } from './elementwise.ts';
import { at, type NativeKernel, type NodeSite } from './kernel.ts';

const INDEX = attr.dtype('Tidx', 'int32');

/** Costs nothing: the output stands on the memory of the input. */
const reshape: NativeKernel<'reshape'> = (site, tf) => {
  const attributes = [typeOf(site), attr.dtype('Tshape', 'int32')];
  const shape = tf.ints(site.attributes.shape);
  return ([x = -1]) => [tf.run('Reshape', attributes, [x, shape])];
};

const transpose: NativeKernel<'transpose'> = (site, tf) => {
  const attributes = [typeOf(site), attr.dtype('Tperm', 'int32')];
  const permutation = tf.ints(site.attributes.permutation);
  return ([x = -1]) => [tf.run('Transpose', attributes, [x, permutation])];
};

const slice: NativeKernel<'slice'> = (site, tf) => {
  const attributes = [typeOf(site), attr.dtype('Index', 'int32')];
  const begin = tf.ints(site.attributes.begin);
  const size = tf.ints(site.attributes.size);
  return ([x = -1]) => [tf.run('Slice', attributes, [x, begin, size])];
};

const split: NativeKernel<'split'> = (site, tf) => {
  const { axis, sizes } = site.attributes;
  const attributes = [typeOf(site), attr.int('num_split', sizes.length), attr.dtype('Tlen', 'int32')];
  const lengths = tf.ints(sizes);
  const dimension = tf.ints([axis], []);
  return ([x = -1]) => tf.runMany('SplitV', attributes, [x, lengths, dimension], sizes.length);
};

const concat: NativeKernel<'concat'> = (site, tf) => {
  const attributes = [typeOf(site), INDEX, attr.int('N', site.inputs.length)];
  const axis = tf.ints([site.attributes.axis], []);
  return (inputs) => [tf.run('ConcatV2', attributes, [...inputs, axis])];
};

/**
 * PadV2, as TensorFlow fuses Pad into the convolution that follows without asking whether somebody else reads it, the filter
 * gradient for one.
 */
const pad: NativeKernel<'pad'> = (site, tf) => {
  const attributes = [typeOf(site), attr.dtype('Tpaddings', 'int32')];
  const paddings = tf.ints(site.attributes.paddings.flat(), [site.attributes.paddings.length, 2]);
  const zero = tf.scalar(0);
  return ([x = -1]) => [tf.run('PadV2', attributes, [x, paddings, zero])];
};

const roll: NativeKernel<'roll'> = (site, tf) => {
  const attributes = [typeOf(site), attr.dtype('Tshift', 'int32'), attr.dtype('Taxis', 'int32')];
  const shifts = tf.ints(site.attributes.shifts);
  const axes = tf.ints(site.attributes.axes);
  return ([x = -1]) => [tf.run('Roll', attributes, [x, shifts, axes])];
};

const broadcastTo: NativeKernel<'broadcastTo'> = (site, tf) => {
  const attributes = [typeOf(site), INDEX];
  const shape = tf.ints(site.attributes.shape);
  return ([x = -1]) => [tf.run('BroadcastTo', attributes, [x, shape])];
};

/** The attribute for a dtype that goes by another name than `T`. */
function named(name: string, site: NodeSite<OpName>) {
  return attr.dtype(name, at(site.inputs, 0).dtype);
}

const gather: NativeKernel<'gather'> = (site, tf) => {
  const attributes = [
    named('Tparams', site),
    attr.dtype('Tindices', 'int32'),
    attr.dtype('Taxis', 'int32'),
    attr.int('batch_dims', 0),
  ];
  const axis = tf.ints([0], []);
  return ([table = -1, indices = -1]) => [tf.run('GatherV2', attributes, [table, indices, axis])];
};

const segmentSum: NativeKernel<'segmentSum'> = (site, tf) => {
  const attributes = [typeOf(site), attr.dtype('Tindices', 'int32'), attr.dtype('Tnumsegments', 'int32')];
  const segments = tf.ints([site.attributes.segments], []);
  return ([data = -1, indices = -1]) => [tf.run('UnsortedSegmentSum', attributes, [data, indices, segments])];
};

const oneHot: NativeKernel<'oneHot'> = (site, tf) => {
  const attributes = [attr.dtype('T', 'float32'), attr.dtype('TI', 'int32'), attr.int('axis', -1)];
  const depth = tf.ints([site.attributes.depth], []);
  const on = tf.scalar(1);
  const off = tf.scalar(0);
  return ([indices = -1]) => [tf.run('OneHot', attributes, [indices, depth, on, off])];
};

export const shapes = {
  reshape,
  transpose,
  slice,
  split,
  concat,
  pad,
  roll,
  broadcastTo,
  gather,
  segmentSum,
  oneHot,
};

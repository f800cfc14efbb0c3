import { at, type PortableKernel, shapeOf, type Tensor, type TensorLibrary, unary } from './kernel.ts';

const reshape: PortableKernel<'reshape'> = ({ attributes: { shape } }, tf) =>
  unary((x) => tf.reshape(x, shapeOf(shape)));

const transpose: PortableKernel<'transpose'> = ({ attributes: { permutation } }, tf) =>
  unary((x) => tf.transpose(x, [...permutation]));

const slice: PortableKernel<'slice'> = ({ attributes: { begin, size } }, tf) =>
  unary((x) => tf.slice(x, [...begin], [...size]));

const split: PortableKernel<'split'> = ({ attributes: { axis, sizes } }, tf) => {
  return (inputs) => tf.split(at(inputs, 0), [...sizes], axis);
};

const concat: PortableKernel<'concat'> = ({ attributes: { axis } }, tf) => {
  return (inputs) => [tf.concat([...inputs], axis)];
};

const pad: PortableKernel<'pad'> = ({ attributes: { paddings } }, tf) =>
  unary((x) =>
    tf.pad(
      x,
      paddings.map(([before, after]): [number, number] => [before, after]),
    ),
  );

/** Cuts the axis where it wraps around and swaps the parts. */
function rollAxis(tf: TensorLibrary, x: Tensor, axis: number, shift: number): Tensor {
  const length = at(x.shape, axis);
  const tail = ((shift % length) + length) % length;
  if (tail === 0) return x;
  const [head, end] = tf.split(x, [length - tail, tail], axis);
  return head === undefined || end === undefined ? x : tf.concat([end, head], axis);
}

const roll: PortableKernel<'roll'> = ({ attributes: { axes, shifts } }, tf) =>
  unary((x) => axes.reduce((rolled, axis, index) => rollAxis(tf, rolled, axis, at(shifts, index)), tf.clone(x)));

const broadcastTo: PortableKernel<'broadcastTo'> = ({ attributes: { shape } }, tf) =>
  unary((x) => tf.broadcastTo(x, shapeOf(shape)));

export const shapes = { reshape, transpose, slice, split, concat, pad, roll, broadcastTo };

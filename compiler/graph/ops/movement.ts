import { broadcastShapes, elementCount, formatShape, sameShape, sizeAt } from '../shapes.ts';
import type { OpDefinition } from './definition.ts';
import { float32, noFlops, readAndWriteAll, require } from './definition.ts';
import { unbroadcast } from './elementwise.ts';

/** Ops that move elements and compute nothing. */

const reshape: OpDefinition<'reshape'> = {
  inputs: 1,
  shape: ({ shape }, inputs) => {
    const from = inputs.at(0);
    const fits = elementCount(shape) === elementCount(from.shape) && shape.every(Number.isInteger);
    require(fits, `${formatShape(from.shape)} does not reshape to ${formatShape(shape)}`);
    return [{ shape, dtype: from.dtype }];
  },
  flops: noFlops,
  bytes: () => 0,
  gradient: ({ g, dy, input }) => [g.reshape(dy, input(0).shape)],
};

const transpose: OpDefinition<'transpose'> = {
  inputs: 1,
  shape: ({ permutation }, inputs) => {
    const { shape, dtype } = inputs.at(0);
    const permutes = permutation.length === shape.length && shape.every((_, axis) => permutation.includes(axis));
    require(permutes, `[${permutation}] does not permute the axes of ${formatShape(shape)}`);
    return [{ shape: permutation.map((axis) => sizeAt(shape, axis)), dtype }];
  },
  flops: noFlops,
  bytes: readAndWriteAll,
  gradient: ({ g, dy, attributes: { permutation } }) => [
    g.transpose(
      dy,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
};

const slice: OpDefinition<'slice'> = {
  inputs: 1,
  shape: ({ begin, size }, inputs) => {
    const { shape, dtype } = inputs.at(0);
    const inside =
      begin.length === shape.length &&
      size.length === shape.length &&
      shape.every((length, axis) => sizeAt(begin, axis) >= 0 && sizeAt(begin, axis) + sizeAt(size, axis) <= length);
    require(inside, `a slice from [${begin}] of ${formatShape(size)} does not lie in ${formatShape(shape)}`);
    return [{ shape: size, dtype }];
  },
  flops: noFlops,
  bytes: (_, outputs) => readAndWriteAll(outputs, outputs),
  gradient: ({ g, dy, input, attributes: { begin, size } }) => [
    g.pad(
      dy,
      input(0).shape.map((length, axis) => [sizeAt(begin, axis), length - sizeAt(begin, axis) - sizeAt(size, axis)]),
    ),
  ],
};

const split: OpDefinition<'split'> = {
  inputs: 1,
  shape: ({ axis, sizes }, inputs) => {
    const { shape, dtype } = inputs.at(0);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    require(total === shape[axis], `sizes of a split add up to ${total}, not to axis ${axis} of ${formatShape(shape)}`);
    return sizes.map((size) => ({ shape: shape.with(axis, size), dtype }));
  },
  flops: noFlops,
  bytes: readAndWriteAll,
  gradient: ({ g, dyAt, attributes: { axis, sizes } }) => [
    g.concat(
      sizes.map((_, index) => dyAt(index)),
      axis,
    ),
  ],
};

const concat: OpDefinition<'concat'> = {
  inputs: 'any',
  shape: ({ axis }, inputs) => {
    const { shape, dtype } = inputs.at(0);
    for (const other of inputs.all) {
      const fits = other.dtype === dtype && sameShape(other.shape.with(axis, 1), shape.with(axis, 1));
      require(fits, `${formatShape(shape)} and ${formatShape(other.shape)} do not join along axis ${axis}`);
    }
    return [
      {
        shape: shape.with(
          axis,
          inputs.all.reduce((sum, type) => sum + sizeAt(type.shape, axis), 0),
        ),
        dtype,
      },
    ];
  },
  flops: noFlops,
  bytes: readAndWriteAll,
  gradient: ({ g, dy, inputs, attributes: { axis } }) =>
    g.split(
      dy,
      axis,
      inputs.map(({ shape }) => sizeAt(shape, axis)),
    ),
};

const pad: OpDefinition<'pad'> = {
  inputs: 1,
  shape: ({ paddings }, inputs) => {
    const { shape } = inputs.at(0);
    require(paddings.length === shape.length, `${paddings.length} paddings for ${formatShape(shape)}`);
    return [float32(paddings.map(([before, after], axis) => before + sizeAt(shape, axis) + after))];
  },
  flops: noFlops,
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input, attributes: { paddings } }) => [
    g.slice(
      dy,
      paddings.map(([before]) => before),
      input(0).shape,
    ),
  ],
};

const roll: OpDefinition<'roll'> = {
  inputs: 1,
  shape: ({ axes, shifts }, inputs) => {
    require(axes.length === shifts.length, `${axes.length} axes and ${shifts.length} shifts`);
    for (const axis of axes) sizeAt(inputs.shape(0), axis);
    return [inputs.at(0)];
  },
  flops: noFlops,
  bytes: readAndWriteAll,
  gradient: ({ g, dy, attributes: { axes, shifts } }) => [
    g.roll(
      dy,
      axes,
      shifts.map((shift) => -shift),
    ),
  ],
};

const broadcastTo: OpDefinition<'broadcastTo'> = {
  inputs: 1,
  shape: ({ shape }, inputs) => {
    const from = inputs.at(0);
    const reaches = sameShape(broadcastShapes(from.shape, shape), shape);
    require(reaches, `${formatShape(from.shape)} does not broadcast to ${formatShape(shape)}`);
    return [{ shape, dtype: from.dtype }];
  },
  flops: noFlops,
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input }) => [unbroadcast(g, dy, input(0))],
};

export const movementOps = { reshape, transpose, slice, split, concat, pad, roll, broadcastTo } as const;

import { elementCount, formatShape, sizeAt } from '../shapes.ts';
import type { OpAttributes, Shape } from '../types.ts';
import type { OpDefinition, Types } from './definition.ts';
import { float32, int32, readAndWriteAll, require } from './definition.ts';

type Reduction = OpAttributes['sum'];

function reducedShape({ axes, keepDims }: Reduction, shape: Shape): Shape {
  const sorted = axes.every((axis, index) => axis >= 0 && axis < shape.length && axis > (axes[index - 1] ?? -1));
  require(sorted, `axes [${axes}] of ${formatShape(shape)} must be sorted, distinct and within its rank`);
  return keepDims
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** The reduced shape with its axes of size 1 left in, so that it broadcasts against the input. */
function keptShape({ axes }: Reduction, shape: Shape): Shape {
  return reducedShape({ axes, keepDims: true }, shape);
}

const reduction = {
  inputs: 1,
  shape: (attributes: Reduction, inputs: Types) => [float32(reducedShape(attributes, inputs.shape(0)))],
  flops: (_: unknown, inputs: Types) => inputs.elements(0),
  bytes: readAndWriteAll,
} as const;

const sum: OpDefinition<'sum'> = {
  ...reduction,
  gradient: ({ g, dy, input, attributes }) => {
    const { shape } = input(0);
    return [g.broadcastTo(g.reshape(dy, keptShape(attributes, shape)), shape)];
  },
};

const mean: OpDefinition<'mean'> = {
  ...reduction,
  gradient: ({ g, dy, input, attributes }) => {
    const { shape } = input(0);
    const kept = keptShape(attributes, shape);
    const share = g.scale(dy, elementCount(kept) / elementCount(shape));
    return [g.broadcastTo(g.reshape(share, kept), shape)];
  },
};

const argMax: OpDefinition<'argMax'> = {
  inputs: 1,
  shape: ({ axis }, inputs) => {
    sizeAt(inputs.shape(0), axis);
    return [int32(inputs.shape(0).filter((_, other) => other !== axis))];
  },
  flops: (_, inputs) => inputs.elements(0),
  bytes: readAndWriteAll,
  gradient: null,
};

export const reductionOps = { sum, mean, argMax } as const;

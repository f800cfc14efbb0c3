import { formatShape, sizeAt } from '../shapes.ts';
import type { OpDefinition } from './definition.ts';
import { float32, noFlops, readAndWriteAll, require, requireRank } from './definition.ts';

/** Ops that read integer indices. */

const gather: OpDefinition<'gather'> = {
  inputs: 2,
  shape: (_, inputs) => {
    const table = inputs.at(0);
    requireRank('indices', inputs.shape(1), 1);
    require(inputs.at(1).dtype === 'int32', 'indices must be int32');
    return [{ shape: [...inputs.shape(1), ...table.shape.slice(1)], dtype: table.dtype }];
  },
  flops: noFlops,
  bytes: (_, outputs) => readAndWriteAll(outputs, outputs),
  gradient: ({ g, dy, input }) => [g.segmentSum(dy, input(1), sizeAt(input(0).shape, 0)), null],
};

const segmentSum: OpDefinition<'segmentSum'> = {
  inputs: 2,
  shape: ({ segments }, inputs) => {
    const data = inputs.shape(0);
    requireRank('indices', inputs.shape(1), 1);
    require(inputs.at(1).dtype === 'int32' &&
      data[0] === inputs.shape(1)[0], `indices of ${formatShape(data)} must be int32, one a row`);
    return [float32([segments, ...data.slice(1)])];
  },
  flops: (_, inputs) => inputs.elements(0),
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input }) => [g.gather(dy, input(1)), null],
};

const oneHot: OpDefinition<'oneHot'> = {
  inputs: 1,
  shape: ({ depth }, inputs) => {
    require(inputs.at(0).dtype === 'int32', 'indices must be int32');
    return [float32([...inputs.shape(0), depth])];
  },
  flops: noFlops,
  bytes: readAndWriteAll,
  gradient: null,
};

export const indexOps = { gather, segmentSum, oneHot } as const;

import { formatShape, sameShape } from '../shapes.ts';
import type { TensorType } from '../types.ts';
import type { OpDefinition, Types } from './definition.ts';
import { float32, perOutputElement, readAndWriteAll, require, requireRank } from './definition.ts';

/** Updates of flat vectors: the first `vectors` inputs are alike, the others scalars; the first `outputs` come out anew. */
function flatUpdate(vectors: number, outputs: number) {
  return (_: unknown, inputs: Types): readonly TensorType[] => {
    const first = inputs.shape(0);
    requireRank('the weight vector', first, 1);
    inputs.all.forEach(({ shape }, position) => {
      if (position >= vectors) requireRank('rates and corrections', shape, 0);
      else require(sameShape(shape, first), `all vectors must be ${formatShape(first)}, not ${formatShape(shape)}`);
    });
    return Array.from({ length: outputs }, () => float32(first));
  };
}

const adamw: OpDefinition<'adamw'> = {
  inputs: 7,
  shape: flatUpdate(4, 3),
  // m: 3, v: 4, the step: 7
  flops: perOutputElement(14),
  bytes: readAndWriteAll,
  gradient: null,
};

const sgd: OpDefinition<'sgd'> = {
  inputs: 4,
  shape: flatUpdate(3, 2),
  flops: ({ nesterov }, _, outputs) => (nesterov ? 6 : 4) * outputs.elements(0),
  bytes: readAndWriteAll,
  gradient: null,
};

const movingAverage: OpDefinition<'movingAverage'> = {
  inputs: 3,
  shape: flatUpdate(2, 1),
  flops: perOutputElement(3),
  bytes: readAndWriteAll,
  gradient: null,
};

export const optimizerOps = { adamw, sgd, movingAverage } as const;

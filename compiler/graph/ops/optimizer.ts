import { formatShape, sameShape } from '../shapes.ts';
import type { OpDefinition } from './definition.ts';
import { float32, perOutputElement, readAndWriteAll, require, requireRank } from './definition.ts';

const adamw: OpDefinition<'adamw'> = {
  inputs: 7,
  shape: (_, inputs) => {
    const weights = inputs.shape(0);
    requireRank('the weight vector', weights, 1);
    for (const position of [1, 2, 3]) {
      const shape = inputs.shape(position);
      require(sameShape(
        shape,
        weights,
      ), `m, v and gradient must be ${formatShape(weights)}, not ${formatShape(shape)}`);
    }
    for (const position of [4, 5, 6]) requireRank('rates and corrections', inputs.shape(position), 0);
    return [float32(weights), float32(weights), float32(weights)];
  },
  // m: 3, v: 4, the step: 7
  flops: perOutputElement(14),
  bytes: readAndWriteAll,
  gradient: null,
};

export const optimizerOps = { adamw } as const;

import type { OpName } from '../types.ts';
import type { OpDefinition } from './definition.ts';
import { elementwiseOps } from './elementwise.ts';
import { indexOps } from './indices.ts';
import { linearOps } from './linear.ts';
import { movementOps } from './movement.ts';
import { normalisationOps } from './normalisation.ts';
import { optimizerOps } from './optimizer.ts';
import { reductionOps } from './reductions.ts';

/** Every op: shape rule, costs and gradient, each stated once. */
export const OPS: { readonly [O in OpName]: OpDefinition<O> } = {
  ...elementwiseOps,
  ...reductionOps,
  ...movementOps,
  ...indexOps,
  ...linearOps,
  ...normalisationOps,
  ...optimizerOps,
};

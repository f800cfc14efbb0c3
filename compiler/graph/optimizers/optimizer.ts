import type { PlanOptimizer } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';

/**
 * Appends an update on flat vectors of `weightCount`: inputs `weights`, `m`, `v`, `gradient`, and the scalars
 * `learningRate`, `correction1`, `correction2` (1 − betaᵢ ** step); outputs `weights`, `m`, `v`, and the scalar
 * `gradientNorm`, the Euclidean norm of the gradient before any clipping.
 */
export interface Optimizer<O extends PlanOptimizer> {
  readonly update: (g: GraphBuilder, optimizer: O, weightCount: number) => void;
  /** Vectors of state beside the weights. */
  readonly stateVectors: number;
}

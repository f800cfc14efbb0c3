import type { PlanOptimizer } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';

/** State that an optimizer keeps beside the weights, one vector like them each, under torch.optim's names. */
export type StateName = 'exp_avg' | 'exp_avg_sq' | 'momentum_buffer';

export interface Optimizer<O extends PlanOptimizer> {
  /** Each is an input and an output of the update. */
  readonly state: readonly StateName[];
  /**
   * The scalar inputs of the update at a step.
   *
   * @param step counted from 1
   */
  readonly scalars: (optimizer: O, learningRate: number, step: number) => Readonly<Record<string, number>>;
  /**
   * Appends one step on flat vectors [P]. It makes the inputs and outputs for its state and its scalars, and consumes
   * weights and state.
   *
   * @param gradient [P], clipped already
   * @returns the weights after the step [P]
   */
  readonly update: (g: GraphBuilder, optimizer: O, weights: Value, gradient: Value) => Value;
}

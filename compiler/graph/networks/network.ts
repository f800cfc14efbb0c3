import type { PlanModel } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';

/** A network: MONAI's structure and parameter names. */
export interface Network<M extends PlanModel> {
  /** Every side of the image must be a multiple of it. */
  readonly spatialDivisor: (model: M) => number;
  /**
   * Appends the network.
   *
   * @param image [N, D, H, W, Cin]
   * @returns logits [N, D, H, W, K]
   * @throws {GraphError} when the model's settings do not fit each other or the image
   */
  readonly build: (g: GraphBuilder, model: M, image: Value) => Value;
}

import type { PlanModel } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';
import type { Voxels } from './layers.ts';

/**
 * The logits [N, D, H, W, K], and with deep supervision those of its heads after them, finer first: [N, D/f, H/f, W/f, K],
 * whose f divide the sides. Heads matter for training only.
 */
export type NetworkOutputs = readonly [logits: Value, ...heads: Value[]];

/** A network: MONAI's structure and parameter names. */
export interface Network<M extends PlanModel> {
  /** The sides of the image must be multiples of these. */
  readonly spatialDivisor: (model: M) => Voxels;
  /**
   * Appends the network.
   *
   * @param image [N, D, H, W, Cin]
   * @returns see NetworkOutputs
   * @throws {GraphError} when the model's settings do not fit each other or the image
   */
  readonly build: (g: GraphBuilder, model: M, image: Value) => NetworkOutputs;
}

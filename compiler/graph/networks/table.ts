import type { PlanModel } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { GraphError } from '../errors.ts';
import { formatShape } from '../shapes.ts';
import type { Value } from '../types.ts';
import type { Network } from './network.ts';
import { segResNet } from './segresnet.ts';
import { swinUnetr } from './swin-unetr.ts';

type Name = PlanModel['name'];
type ModelOf<N extends Name> = Extract<PlanModel, { name: N }>;

/** One line a network. */
const NETWORKS: { readonly [N in Name]: Network<ModelOf<N>> } = {
  SegResNet: segResNet,
  SwinUNETR: swinUnetr,
};

/** Every side of the image must be a multiple of it. */
export function spatialDivisor(model: PlanModel): number {
  return divisorOf(model.name, model);
}

/**
 * Appends the network of a plan.
 *
 * @param image [N, D, H, W, Cin]
 * @returns logits [N, D, H, W, K]
 * @throws {GraphError} when a side of the image is not a multiple of `spatialDivisor`, or the model's settings do not fit
 */
export function buildNetwork(g: GraphBuilder, model: PlanModel, image: Value): Value {
  const divisor = spatialDivisor(model);
  if (image.shape.slice(1, 4).some((size) => size % divisor !== 0)) {
    throw new GraphError(`${model.name} takes sides that are multiples of ${divisor}, not ${formatShape(image.shape)}`);
  }
  return build(g, model.name, model, image);
}

function divisorOf<N extends Name>(name: N, model: ModelOf<N>): number {
  return NETWORKS[name].spatialDivisor(model);
}

function build<N extends Name>(g: GraphBuilder, name: N, model: ModelOf<N>, image: Value): Value {
  return NETWORKS[name].build(g, model, image);
}

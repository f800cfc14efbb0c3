import type { PlanModel } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { GraphError } from '../errors.ts';
import { formatShape, sizeAt } from '../shapes.ts';
import type { Value } from '../types.ts';
import { dynUnet } from './dynunet.ts';
import type { Voxels } from './layers.ts';
import type { Network, NetworkOutputs } from './network.ts';
import { segResNet } from './segresnet.ts';
import { swinUnetr } from './swin-unetr.ts';
import { unet } from './unet.ts';

type Name = PlanModel['name'];
type ModelOf<N extends Name> = Extract<PlanModel, { name: N }>;

/** One line a network. */
const NETWORKS: { readonly [N in Name]: Network<ModelOf<N>> } = {
  SegResNet: segResNet,
  SwinUNETR: swinUnetr,
  UNet: unet,
  DynUNet: dynUnet,
};

/** The sides of the image must be multiples of these. */
export function spatialDivisor(model: PlanModel): Voxels {
  return divisorOf(model.name, model);
}

/**
 * Appends the network of a plan.
 *
 * @param image [N, D, H, W, Cin]
 * @returns the logits, and those of deep supervision
 * @throws {GraphError} when a side of the image is not a multiple of `spatialDivisor`, or the model's settings do not fit
 */
export function buildNetwork(g: GraphBuilder, model: PlanModel, image: Value): NetworkOutputs {
  const divisor = spatialDivisor(model);
  if (divisor.some((factor, axis) => sizeAt(image.shape, axis + 1) % factor !== 0)) {
    const factors = formatShape(divisor);
    throw new GraphError(`${model.name} takes sides that are multiples of ${factors}, not ${formatShape(image.shape)}`);
  }
  return build(g, model.name, model, image);
}

function divisorOf<N extends Name>(name: N, model: ModelOf<N>): Voxels {
  return NETWORKS[name].spatialDivisor(model);
}

function build<N extends Name>(g: GraphBuilder, name: N, model: ModelOf<N>, image: Value): NetworkOutputs {
  return NETWORKS[name].build(g, model, image);
}

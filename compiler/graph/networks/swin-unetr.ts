import type { PlanModel } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { GraphError } from '../errors.ts';
import type { Value } from '../types.ts';
import { pointwiseConvolution } from './convolutions.ts';
import { channelsOf } from './layers.ts';
import type { Network } from './network.ts';
import { swinTransformer } from './swin-transformer.ts';
import { unetResidualBlock, unetrUpBlock } from './unet-blocks.ts';

/**
 * SwinUNETR: a Swin transformer as encoder, residual convolution blocks as skips and decoder.
 *
 * @see MONAI monai.networks.nets.SwinUNETR (norm_name instance, downsample merging, no dropout)
 * @see Hatamizadeh et al., "Swin UNETR", arXiv 2201.01266
 */

type SwinUnetr = Extract<PlanModel, { name: 'SwinUNETR' }>;

export const swinUnetr: Network<SwinUnetr> = {
  spatialDivisor: () => [32, 32, 32],

  build(g, model, image) {
    if (model.numHeads.some((heads, stage) => (model.featureSize * 2 ** stage) % heads !== 0)) {
      throw new GraphError(`a feature_size of ${model.featureSize} does not divide into ${model.numHeads} heads`);
    }
    const [state0, state1, state2, state3, state4] = g.scoped('swinViT', () => swinTransformer(g, image, model));
    if (!state0 || !state1 || !state2 || !state3 || !state4) throw new GraphError('SwinUNETR has four stages');

    const skip1 = encoder(g, 'encoder1', image, model.featureSize);
    const skip2 = encoder(g, 'encoder2', state0);
    const skip3 = encoder(g, 'encoder3', state1);
    const skip4 = encoder(g, 'encoder4', state2);
    const deepest = encoder(g, 'encoder10', state4);

    let x = g.scoped('decoder5', () => unetrUpBlock(g, deepest, state3));
    x = g.scoped('decoder4', () => unetrUpBlock(g, x, skip4));
    x = g.scoped('decoder3', () => unetrUpBlock(g, x, skip3));
    x = g.scoped('decoder2', () => unetrUpBlock(g, x, skip2));
    x = g.scoped('decoder1', () => unetrUpBlock(g, x, skip1));
    return [g.scoped('out.conv.conv', () => pointwiseConvolution(g, x, model.outChannels, { bias: true }))];
  },
};

function encoder(g: GraphBuilder, name: string, x: Value, channels = channelsOf(x)): Value {
  return g.scoped(`${name}.layer`, () => unetResidualBlock(g, x, channels));
}

import { assertNever } from '../../../dsl/assert-never.ts';
import type { PlanModel } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { GraphError } from '../errors.ts';
import type { Value } from '../types.ts';
import { convolution3, pointwiseConvolution, upConvolution } from './convolutions.ts';
import { channelsOf, ONES, type Voxels, ZEROS } from './layers.ts';
import type { Network } from './network.ts';
import { trilinearUpsample } from './upsample.ts';

/**
 * SegResNet: residual blocks with group norms, halving by strided convolutions, skips by addition.
 *
 * @see MONAI monai.networks.nets.SegResNet (norm GROUP, act RELU, no dropout)
 * @see Myronenko, "3D MRI brain tumor segmentation using autoencoder regularization", arXiv 1810.11654
 */

type SegResNet = Extract<PlanModel, { name: 'SegResNet' }>;

const HALVING: Voxels = [2, 2, 2];
const GROUP_NORM_EPSILON = 1e-5; // torch.nn.GroupNorm

export const segResNet: Network<SegResNet> = {
  spatialDivisor: ({ blocksDown }) => {
    const factor = 2 ** (blocksDown.length - 1);
    return [factor, factor, factor];
  },

  build(g, model, image) {
    const { initFilters, blocksDown, blocksUp, normGroups, upsampleMode, outChannels } = model;
    if (blocksUp.length !== blocksDown.length - 1) {
      throw new GraphError(`SegResNet needs one entry less in blocksUp than in blocksDown (${blocksDown.length})`);
    }
    let x = g.scoped('convInit.conv', () => convolution3(g, image, initFilters));
    const skips: Value[] = [];
    blocksDown.forEach((blocks, level) => {
      g.scoped(`down_layers.${level}`, () => {
        if (level > 0) x = g.scoped('0.conv', () => convolution3(g, x, initFilters * 2 ** level, HALVING));
        for (let block = 1; block <= blocks; block++) x = residualBlock(g, x, `${block}`, normGroups);
      });
      skips.push(x);
    });
    skips.pop();
    blocksUp.forEach((blocks, level) => {
      const skip = skips.pop();
      if (skip === undefined) return;
      const narrow = g.scoped(`up_samples.${level}.0.conv`, () => pointwiseConvolution(g, x, channelsOf(skip)));
      x = g.scoped(`up_samples.${level}.1`, () => g.add(doubled(g, narrow, upsampleMode), skip));
      g.scoped(`up_layers.${level}`, () => {
        for (let block = 0; block < blocks; block++) x = residualBlock(g, x, `${block}`, normGroups);
      });
    });
    const logits = g.scoped('conv_final', () => {
      const activated = normAndRelu(g, x, '0', normGroups);
      return g.scoped('2.conv', () => pointwiseConvolution(g, activated, outChannels, { bias: true }));
    });
    return [logits];
  },
};

/** @see MONAI monai.networks.blocks.segresnet_block.get_upsample_layer */
function doubled(g: GraphBuilder, x: Value, mode: SegResNet['upsampleMode']): Value {
  switch (mode) {
    case 'nontrainable':
      return trilinearUpsample(g, x);
    case 'deconv':
      return g.scoped('deconv', () => upConvolution(g, x, channelsOf(x), { stride: HALVING, bias: true }));
    default:
      return assertNever(mode);
  }
}

/** @see MONAI monai.networks.blocks.segresnet_block.ResBlock */
function residualBlock(g: GraphBuilder, x: Value, name: string, groups: number): Value {
  return g.scoped(name, () => {
    const channels = channelsOf(x);
    const first = normAndRelu(g, x, 'norm1', groups);
    const middle = g.scoped('conv1.conv', () => convolution3(g, first, channels));
    const second = normAndRelu(g, middle, 'norm2', groups);
    const last = g.scoped('conv2.conv', () => convolution3(g, second, channels));
    return g.add(last, x);
  });
}

function normAndRelu(g: GraphBuilder, x: Value, name: string, groups: number): Value {
  return g.scoped(name, () => {
    const storedShape = [channelsOf(x)];
    const gamma = g.weight('weight', { layout: 'plain', storedShape, init: ONES });
    const beta = g.weight('bias', { layout: 'plain', storedShape, init: ZEROS });
    return g.relu(g.groupNorm(x, gamma, beta, { groups, epsilon: GROUP_NORM_EPSILON }));
  });
}

import type { PlanModel } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { GraphError } from '../errors.ts';
import type { Value, WeightInit } from '../types.ts';
import { type Initialisation, ONE, pointwiseConvolution, upConvolution } from './convolutions.ts';
import { ZEROS } from './layers.ts';
import type { Network } from './network.ts';
import { strideProduct } from './strides.ts';
import { type UnetBlock, unetBasicBlock, unetResidualBlock } from './unet-blocks.ts';

/**
 * DynUNet, nnU-Net's network: plain or residual blocks with strided convolutions down, transposed convolutions up, and
 * with deep supervision logits on coarser levels too.
 *
 * @see MONAI monai.networks.nets.DynUNet (norm_name INSTANCE affine, act_name leakyrelu, no dropout)
 * @see Isensee et al., "nnU-Net", arXiv 1809.10486
 */

type DynUnet = Extract<PlanModel, { name: 'DynUNet' }>;

/** MONAI DynUNet.initialize_weights: kaiming_normal_(a = 0.01) and no bias. */
const KAIMING: Initialisation = { weight: kaimingNormal, bias: () => ZEROS };

export const dynUnet: Network<DynUnet> = {
  spatialDivisor: ({ strides }) => strideProduct(strides),

  build(g, model, image) {
    const { filters, outChannels, deepSupervision, deepSuprNum } = model;
    const deepest = filters.length - 1;
    const block = model.resBlock ? unetResidualBlock : unetBasicBlock;
    const skips: Value[] = [];
    let x = image;
    filters.forEach((channels, level) => {
      const name = level === 0 ? 'input_block' : level === deepest ? 'bottleneck' : `downsamples.${level - 1}`;
      x = g.scoped(name, () => block(g, x, channels, blockAt(model, level)));
      skips.push(x);
    });
    const heads: Value[] = [];
    for (let level = deepest - 1; level >= 0; level--) {
      const skip = valueAt(skips, level);
      x = g.scoped(`upsamples.${deepest - 1 - level}`, () => upBlock(g, x, skip, model, level));
      if (deepSupervision && level > 0 && level <= deepSuprNum) {
        heads.unshift(g.scoped(`deep_supervision_heads.${level - 1}.conv.conv`, () => head(g, x, outChannels)));
      }
    }
    return [g.scoped('output_block.conv.conv', () => head(g, x, outChannels)), ...heads];
  },
};

function blockAt({ kernelSize, strides }: DynUnet, level: number): UnetBlock {
  return { kernel: valueAt(kernelSize, level), stride: valueAt(strides, level), affine: true, init: KAIMING };
}

/** From one level below to `level`. @see MONAI monai.networks.blocks.dynunet_block.UnetUpBlock */
function upBlock(g: GraphBuilder, x: Value, skip: Value, model: DynUnet, level: number): Value {
  const channels = valueAt(model.filters, level);
  const block = blockAt(model, level + 1);
  const up = g.scoped('transp_conv.conv', () =>
    upConvolution(g, x, channels, { stride: block.stride, bias: model.transBias, init: KAIMING }),
  );
  return g.scoped('conv_block', () => unetBasicBlock(g, g.concat([up, skip], 4), channels, { ...block, stride: ONE }));
}

function head(g: GraphBuilder, x: Value, classes: number): Value {
  return pointwiseConvolution(g, x, classes, { bias: true, init: KAIMING });
}

/** torch.nn.init.kaiming_normal_ with fan_in and leaky_relu(0.01). */
function kaimingNormal(fanIn: number): WeightInit {
  return { kind: 'normal', std: Math.sqrt(2 / (1 + 0.01 ** 2) / fanIn) };
}

function valueAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined)
    throw new GraphError('DynUNet needs a filter count, a kernel size and a stride for each level');
  return item;
}

/**
 * The names under which MONAI's state dict holds a parameter once more: `skip_layers` holds the same modules again, nested
 * from the first level to the bottleneck.
 *
 * @param name `downsamples.0.conv1.conv.weight`
 * @returns `skip_layers.next_layer.downsample.conv1.conv.weight`; null for the output, which is not among them
 */
export function skipLayerName({ filters }: DynUnet, name: string): string | null {
  const deepest = filters.length - 1;
  const at = (level: number, rest: string) => `skip_layers.${'next_layer.'.repeat(level)}${rest}`;
  const [module = '', position = '', ...rest] = name.split('.');
  const index = Number(position);
  switch (module) {
    case 'input_block':
      return at(0, `downsample.${[position, ...rest].join('.')}`);
    case 'downsamples':
      return at(index + 1, `downsample.${rest.join('.')}`);
    case 'bottleneck':
      return at(deepest, [position, ...rest].join('.'));
    case 'upsamples':
      return at(deepest - 1 - index, `upsample.${rest.join('.')}`);
    case 'deep_supervision_heads':
      return at(index + 1, `super_head.${rest.join('.')}`);
    default:
      return null;
  }
}

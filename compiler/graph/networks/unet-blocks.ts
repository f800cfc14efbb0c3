import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';
import { convolution, type Initialisation, ONE, THREE, TORCH_INIT, upConvolution } from './convolutions.ts';
import { channelsOf, ONES, type Voxels, ZEROS } from './layers.ts';

/** Blocks of UNETR, DynUNet and their relatives, with instance norms and leaky ReLU. */

const INSTANCE_NORM_EPSILON = 1e-5; // torch.nn.InstanceNorm3d
const NEGATIVE_SLOPE = 0.01; // MONAI dynunet_block act_name

export interface UnetBlock {
  readonly kernel: Voxels;
  /** Of the first convolution. */
  readonly stride: Voxels;
  /** Whether the norms have weights and biases. */
  readonly affine: boolean;
  readonly init: Initialisation;
}

const PLAIN: UnetBlock = { kernel: THREE, stride: ONE, affine: false, init: TORCH_INIT };

/** @see MONAI monai.networks.blocks.dynunet_block.UnetResBlock */
export function unetResidualBlock(g: GraphBuilder, x: Value, channels: number, block: UnetBlock = PLAIN): Value {
  const first = normalised(g, x, channels, 1, block);
  const second = normalised(g, g.leakyRelu(first, NEGATIVE_SLOPE), channels, 2, { ...block, stride: ONE });
  const changes = channelsOf(x) !== channels || block.stride.some((stride) => stride !== 1);
  const residual = changes ? normalised(g, x, channels, 3, { ...block, kernel: ONE }) : x;
  return g.leakyRelu(g.add(second, residual), NEGATIVE_SLOPE);
}

/** @see MONAI monai.networks.blocks.dynunet_block.UnetBasicBlock */
export function unetBasicBlock(g: GraphBuilder, x: Value, channels: number, block: UnetBlock): Value {
  const first = normalised(g, x, channels, 1, block);
  const second = normalised(g, g.leakyRelu(first, NEGATIVE_SLOPE), channels, 2, { ...block, stride: ONE });
  return g.leakyRelu(second, NEGATIVE_SLOPE);
}

/** @see MONAI monai.networks.blocks.unetr_block.UnetrUpBlock (res_block) */
export function unetrUpBlock(g: GraphBuilder, x: Value, skip: Value): Value {
  const channels = channelsOf(skip);
  const up = g.scoped('transp_conv.conv', () => upConvolution(g, x, channels, { stride: [2, 2, 2] }));
  return g.scoped('conv_block', () => unetResidualBlock(g, g.concat([up, skip], 4), channels));
}

/** Convolution and norm number `position` of a block; padding as MONAI's dynunet_block.get_padding. */
function normalised(
  g: GraphBuilder,
  x: Value,
  channels: number,
  position: number,
  { kernel, stride, affine, init }: UnetBlock,
): Value {
  const padding: Voxels = [
    Math.floor((kernel[0] - stride[0] + 1) / 2),
    Math.floor((kernel[1] - stride[1] + 1) / 2),
    Math.floor((kernel[2] - stride[2] + 1) / 2),
  ];
  const convolved = g.scoped(`conv${position}.conv`, () =>
    convolution(g, x, channels, { kernel, stride, padding, init }),
  );
  return affine
    ? g.scoped(`norm${position}`, () => affineInstanceNorm(g, convolved))
    : g.instanceNorm(convolved, INSTANCE_NORM_EPSILON);
}

/** A group norm of one channel a group is an instance norm with weight and bias. */
function affineInstanceNorm(g: GraphBuilder, x: Value): Value {
  const channels = channelsOf(x);
  const gamma = g.weight('weight', { layout: 'plain', storedShape: [channels], init: ONES });
  const beta = g.weight('bias', { layout: 'plain', storedShape: [channels], init: ZEROS });
  return g.groupNorm(x, gamma, beta, { groups: channels, epsilon: INSTANCE_NORM_EPSILON });
}

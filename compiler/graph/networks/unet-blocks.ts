import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';
import { convolvedUp, isCheaperComposed, pointwiseUp } from './composed-up.ts';
import {
  convolution,
  filterWeight,
  type Initialisation,
  ONE,
  pointwiseWeight,
  THREE,
  TORCH_INIT,
  upConvolution,
  upWeight,
} from './convolutions.ts';
import { asRows, channelsOf, ONES, type Voxels, ZEROS } from './layers.ts';
import { convolve } from './precision.ts';

/** Blocks of UNETR, DynUNet and their relatives, with instance norms and leaky ReLU. */

const INSTANCE_NORM_EPSILON = 1e-5; // torch.nn.InstanceNorm3d
const TWO: Voxels = [2, 2, 2];
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
  const apart = g.layerByLayer || !isCheaperComposed(x, channels, channels);
  const up = g.scoped('transp_conv.conv', () =>
    apart
      ? upConvolution(g, x, channels, { stride: TWO })
      : upWeight(g, channelsOf(x), channels, { stride: TWO, init: TORCH_INIT }),
  );
  return g.scoped('conv_block', () =>
    apart ? unetResidualBlock(g, g.concat([up, skip], 4), channels) : composedResidualBlock(g, x, up, skip),
  );
}

/** `unetResidualBlock` of [grown x, skip], in which neither is ever made: the first convolutions are sums over the two parts. */
function composedResidualBlock(g: GraphBuilder, x: Value, up: Value, skip: Value): Value {
  const channels = channelsOf(skip);
  const halves = [channels, channels];
  const first = g.scoped('conv1.conv', () => {
    const [ofUp, ofSkip] = twoOf(
      g.split(filterWeight(g, 2 * channels, channels, { kernel: THREE, init: PLAIN.init }), 3, halves),
    );
    return g.add(convolve(g, skip, ofSkip, { strides: [1, 1, 1], padding: 'same' }), convolvedUp(g, x, up, ofUp));
  });
  const normal = g.leakyRelu(g.instanceNorm(first, INSTANCE_NORM_EPSILON), NEGATIVE_SLOPE);
  const second = normalised(g, normal, channels, 2, PLAIN);
  const residual = g.scoped('conv3.conv', () => {
    const [ofUp, ofSkip] = twoOf(g.split(pointwiseWeight(g, 2 * channels, channels), 0, halves));
    return g.add(g.reshape(g.matMul(asRows(g, skip), ofSkip), skip.shape), pointwiseUp(g, x, up, ofUp));
  });
  return g.leakyRelu(g.add(second, g.instanceNorm(residual, INSTANCE_NORM_EPSILON)), NEGATIVE_SLOPE);
}

function twoOf([first, second]: readonly Value[]): readonly [Value, Value] {
  if (first === undefined || second === undefined) throw new Error('a split in two has two parts');
  return [first, second];
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

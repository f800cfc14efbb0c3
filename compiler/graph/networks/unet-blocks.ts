import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';
import { channelsOf, convolution3, pointwiseConvolution, upConvolution } from './layers.ts';

/** Blocks of UNETR and its relatives, with instance norms (no parameters) and leaky ReLU. */

const INSTANCE_NORM_EPSILON = 1e-5; // torch.nn.InstanceNorm3d
const NEGATIVE_SLOPE = 0.01; // MONAI dynunet_block act_name

/** @see MONAI monai.networks.blocks.dynunet_block.UnetResBlock (stride 1, norm INSTANCE) */
export function unetResidualBlock(g: GraphBuilder, x: Value, channels: number): Value {
  const first = normalised(g, x, 'conv1', (input) => convolution3(g, input, channels));
  const second = normalised(g, g.leakyRelu(first, NEGATIVE_SLOPE), 'conv2', (input) =>
    convolution3(g, input, channels),
  );
  const residual =
    channelsOf(x) === channels ? x : normalised(g, x, 'conv3', (input) => pointwiseConvolution(g, input, channels));
  return g.leakyRelu(g.add(second, residual), NEGATIVE_SLOPE);
}

/** @see MONAI monai.networks.blocks.unetr_block.UnetrUpBlock (res_block) */
export function unetrUpBlock(g: GraphBuilder, x: Value, skip: Value): Value {
  const channels = channelsOf(skip);
  const up = g.scoped('transp_conv.conv', () => upConvolution(g, x, channels));
  return g.scoped('conv_block', () => unetResidualBlock(g, g.concat([up, skip], 4), channels));
}

function normalised(g: GraphBuilder, x: Value, name: string, convolve: (x: Value) => Value): Value {
  return g.instanceNorm(
    g.scoped(`${name}.conv`, () => convolve(x)),
    INSTANCE_NORM_EPSILON,
  );
}

import { assertNever } from '../../../dsl/assert-never.ts';
import type { PlanModel } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { GraphError } from '../errors.ts';
import type { Value } from '../types.ts';
import { type Convolution, convolution, ONE, transposedConvolution } from './convolutions.ts';
import { channelsOf, type Voxels } from './layers.ts';
import type { Network } from './network.ts';
import { strideProduct } from './strides.ts';

/**
 * MONAI's UNet: strided convolutions down, transposed convolutions up, skips by concatenation, with or without residual
 * units. Each level encloses the next, also in the names: `model.0` down, `model.1.submodule` the next level, `model.2` up.
 *
 * @see MONAI monai.networks.nets.UNet (norm INSTANCE, no dropout)
 * @see Kerfoot et al., "Left-ventricle quantification using residual U-Net", 2018
 */

type UNet = Extract<PlanModel, { name: 'UNet' }>;

const INSTANCE_NORM_EPSILON = 1e-5; // torch.nn.InstanceNorm3d
const NEGATIVE_SLOPE = 0.01; // torch.nn.LeakyReLU
const PRELU_INIT = 0.25; // torch.nn.PReLU

export const unet: Network<UNet> = {
  spatialDivisor: ({ strides }) => strideProduct(strides),

  build(g, model, image) {
    if (model.strides.length !== model.channels.length - 1) {
      throw new GraphError('UNet needs one stride less than channels');
    }
    return [g.scoped('model', () => level(g, model, image, 0))];
  },
};

/** One level with all below it: [N, D, H, W, C] → the same sides, with the channels of the level above or the classes. */
function level(g: GraphBuilder, model: UNet, x: Value, depth: number): Value {
  const [channels, stride] = [model.channels[depth], model.strides[depth]];
  if (channels === undefined) throw new GraphError('a level without channels');
  // The bottom: no stride, no way up.
  if (stride === undefined) return downLayer(g, model, x, channels, ONE);
  const isTop = depth === 0;
  const down = g.scoped('0', () => downLayer(g, model, x, channels, stride));
  const below = g.scoped('1.submodule', () => level(g, model, down, depth + 1));
  const result = isTop ? model.outChannels : (model.channels[depth - 1] ?? channels);
  return g.scoped('2', () => upLayer(g, model, g.concat([down, below], 4), result, stride, isTop));
}

function downLayer(g: GraphBuilder, model: UNet, x: Value, channels: number, stride: Voxels): Value {
  if (model.numResUnits > 0) return residualUnit(g, model, x, channels, stride, model.numResUnits, false);
  const convolved = g.scoped('conv', () => convolution(g, x, channels, sameSize(model, model.kernelSize, stride)));
  return normAndActivation(g, model, convolved);
}

function upLayer(g: GraphBuilder, model: UNet, x: Value, channels: number, stride: Voxels, isTop: boolean): Value {
  const options = {
    ...sameSize(model, model.upKernelSize, stride),
    outputPadding: [stride[0] - 1, stride[1] - 1, stride[2] - 1],
  } as const;
  const up = () => g.scoped('conv', () => transposedConvolution(g, x, channels, options));
  if (model.numResUnits === 0) return isTop ? up() : normAndActivation(g, model, up());
  const larger = g.scoped('0', () => normAndActivation(g, model, up()));
  return g.scoped('1', () => residualUnit(g, model, larger, channels, ONE, 1, isTop));
}

/**
 * Units of convolution, norm and activation, to which x is added, convolved where its size or channels change.
 *
 * @see MONAI monai.networks.blocks.ResidualUnit
 */
function residualUnit(
  g: GraphBuilder,
  model: UNet,
  x: Value,
  channels: number,
  stride: Voxels,
  units: number,
  lastConvOnly: boolean,
): Value {
  let y = x;
  for (let unit = 0; unit < units; unit++) {
    y = g.scoped(`conv.unit${unit}`, () => {
      const options = sameSize(model, model.kernelSize, unit === 0 ? stride : ONE);
      const convolved = g.scoped('conv', () => convolution(g, y, channels, options));
      return lastConvOnly && unit === units - 1 ? convolved : normAndActivation(g, model, convolved);
    });
  }
  const strided = stride.some((size) => size !== 1);
  if (!strided && channelsOf(x) === channels) return g.add(y, x);
  const kernel = strided ? model.kernelSize : ONE;
  const residual = g.scoped('residual', () => convolution(g, x, channels, sameSize(model, kernel, stride)));
  return g.add(y, residual);
}

/** @see MONAI monai.networks.layers.convutils.same_padding */
function sameSize({ bias }: UNet, kernel: Voxels, stride: Voxels): Convolution {
  const padding: Voxels = [(kernel[0] - 1) / 2, (kernel[1] - 1) / 2, (kernel[2] - 1) / 2];
  return { kernel, stride, padding, bias };
}

/** In the order of `adn_ordering`, of which D, dropout, is not there. @see MONAI monai.networks.blocks.ADN */
function normAndActivation(g: GraphBuilder, { act, adnOrdering }: UNet, x: Value): Value {
  return g.scoped('adn', () =>
    [...adnOrdering].reduce((y, letter) => {
      if (letter === 'N') return g.instanceNorm(y, INSTANCE_NORM_EPSILON);
      return letter === 'A' ? activation(g, act, y) : y;
    }, x),
  );
}

function activation(g: GraphBuilder, act: UNet['act'], x: Value): Value {
  switch (act) {
    case 'prelu': {
      const init = { kind: 'constant', value: PRELU_INIT } as const;
      return g.prelu(
        x,
        g.scoped('A', () => g.weight('weight', { layout: 'plain', storedShape: [1], init })),
      );
    }
    case 'relu':
      return g.relu(x);
    case 'leakyrelu':
      return g.leakyRelu(x, NEGATIVE_SLOPE);
    default:
      return assertNever(act);
  }
}

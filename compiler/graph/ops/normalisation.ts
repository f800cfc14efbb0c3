import { elementCount, formatShape, sameShape, sizeAt } from '../shapes.ts';
import type { Shape, TensorType } from '../types.ts';
import type { OpDefinition, Types } from './definition.ts';
import { float32, perOutputElement, readAndWriteAll, require, requireRank } from './definition.ts';

/** Softmax over the last axis, and the instance, group and layer norms. */

function sameAsFirst(_: unknown, inputs: Types): readonly TensorType[] {
  return [float32(inputs.shape(0))];
}

function likeOutput(_: unknown, inputs: Types): readonly TensorType[] {
  require(sameShape(inputs.shape(0), inputs.shape(1)), 'dy and y must have one shape');
  return [float32(inputs.shape(0))];
}

const softmax: OpDefinition<'softmax'> = {
  inputs: 1,
  shape: sameAsFirst,
  flops: perOutputElement(5),
  bytes: readAndWriteAll,
  gradient: ({ g, dy, output }) => [g.softmaxGrad(dy, output(0))],
};

const logSoftmax: OpDefinition<'logSoftmax'> = {
  inputs: 1,
  shape: sameAsFirst,
  flops: perOutputElement(5),
  bytes: readAndWriteAll,
  gradient: ({ g, dy, output }) => [g.logSoftmaxGrad(dy, output(0))],
};

const softmaxGrad: OpDefinition<'softmaxGrad'> = {
  inputs: 2,
  shape: likeOutput,
  flops: perOutputElement(4),
  bytes: readAndWriteAll,
  gradient: null,
};

const logSoftmaxGrad: OpDefinition<'logSoftmaxGrad'> = {
  inputs: 2,
  shape: likeOutput,
  flops: perOutputElement(4),
  bytes: readAndWriteAll,
  gradient: null,
};

/** Mean, variance, normalising, scaling and shifting: about eight operations an element, forward. */
const NORM_FLOPS = 8;
const NORM_GRAD_FLOPS = 14;

function channelsOf(x: Shape): number {
  return sizeAt(x, x.length - 1);
}

function requireChannelVector(name: string, shape: Shape, channels: number): void {
  require(sameShape(shape, [channels]), `${name} must be [${channels}], not ${formatShape(shape)}`);
}

/** x NDHWC → statistics [N, C]. */
function voxelNormShapes(x: Shape): readonly TensorType[] {
  requireRank('the input', x, 5);
  const statistics = float32([sizeAt(x, 0), channelsOf(x)]);
  return [float32(x), statistics, statistics];
}

const instanceNorm: OpDefinition<'instanceNorm'> = {
  inputs: 1,
  shape: (_, inputs) => voxelNormShapes(inputs.shape(0)),
  flops: perOutputElement(NORM_FLOPS),
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input, output, attributes: { epsilon } }) => [
    g.instanceNormGrad(dy, input(0), output(1), output(2), epsilon),
  ],
};

const instanceNormGrad: OpDefinition<'instanceNormGrad'> = {
  inputs: 4,
  shape: likeOutput,
  flops: perOutputElement(NORM_GRAD_FLOPS),
  bytes: readAndWriteAll,
  gradient: null,
};

const groupNorm: OpDefinition<'groupNorm'> = {
  inputs: 3,
  shape: ({ groups }, inputs) => {
    const channels = channelsOf(inputs.shape(0));
    require(channels % groups === 0, `${channels} channels do not divide into ${groups} groups`);
    requireChannelVector('gamma', inputs.shape(1), channels);
    requireChannelVector('beta', inputs.shape(2), channels);
    return voxelNormShapes(inputs.shape(0));
  },
  flops: perOutputElement(NORM_FLOPS),
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input, output, attributes }) =>
    g.groupNormGrad(dy, input(0), input(1), output(1), output(2), attributes),
};

function withParameterGradients(_: unknown, inputs: Types): readonly TensorType[] {
  const channels = float32([channelsOf(inputs.shape(1))]);
  return [...likeOutput(_, inputs), channels, channels];
}

const groupNormGrad: OpDefinition<'groupNormGrad'> = {
  inputs: 5,
  shape: withParameterGradients,
  flops: perOutputElement(NORM_GRAD_FLOPS),
  bytes: readAndWriteAll,
  gradient: null,
};

const layerNorm: OpDefinition<'layerNorm'> = {
  inputs: 3,
  shape: (_, inputs) => {
    const x = inputs.shape(0);
    requireChannelVector('gamma', inputs.shape(1), channelsOf(x));
    requireChannelVector('beta', inputs.shape(2), channelsOf(x));
    const statistics = float32([elementCount(x.slice(0, -1))]);
    return [float32(x), statistics, statistics];
  },
  flops: perOutputElement(NORM_FLOPS),
  bytes: readAndWriteAll,
  gradient: ({ g, dy, input, output, attributes: { epsilon } }) =>
    g.layerNormGrad(dy, input(0), input(1), output(1), output(2), epsilon),
};

const layerNormGrad: OpDefinition<'layerNormGrad'> = {
  inputs: 5,
  shape: withParameterGradients,
  flops: perOutputElement(NORM_GRAD_FLOPS),
  bytes: readAndWriteAll,
  gradient: null,
};

export const normalisationOps = {
  softmax,
  softmaxGrad,
  logSoftmax,
  logSoftmaxGrad,
  instanceNorm,
  instanceNormGrad,
  groupNorm,
  groupNormGrad,
  layerNorm,
  layerNormGrad,
} as const;

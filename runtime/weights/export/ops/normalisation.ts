import { elementsPerSample, type Operand, openShape } from '../exportable.ts';
import { float } from '../onnx/proto.ts';
import { axisAttribute } from '../onnx/writer.ts';
import { FLOAT, INT32, type TfWriter } from '../tfjs/writer.ts';
import { type Mapping, NOT_EXPORTED } from './mapping.ts';

/** Softmax over the last axis, and norms. tfjs has no norms of its own over voxels: they are means there. */

function overLastAxis(onnx: string, tf: string): Mapping<'softmax' | 'logSoftmax'> {
  return {
    onnx: (w, site) => w.define(site.output(0), w.node(onnx, [w.plain(site.input(0))], axisAttribute(-1))),
    tf: (w, site) => w.node(tf, [w.value(site.input(0))], { T: FLOAT }),
  };
}

/** (x − mean) / √(variance + ε) over some axes of a tensor. */
function tfNormalised(w: TfWriter, x: string, axes: readonly number[], epsilon: number): string {
  const over = w.ints(axes);
  const mean = { T: FLOAT, Tidx: INT32, keep_dims: { b: true } };
  const centred = w.node('Sub', [x, w.node('Mean', [x, over], mean)], { T: FLOAT });
  const variance = w.node('Mean', [w.node('Square', [centred], { T: FLOAT }), over], mean);
  const root = w.node('Rsqrt', [w.node('AddV2', [variance, w.scalar(epsilon)], { T: FLOAT })], { T: FLOAT });
  return w.node('Mul', [centred, root], { T: FLOAT });
}

function tfScaled(w: TfWriter, x: string, gamma: Operand, beta: Operand): string {
  return w.node('AddV2', [w.node('Mul', [x, w.value(gamma)], { T: FLOAT }), w.value(beta)], { T: FLOAT });
}

function channelsOf({ dimensions }: Operand): number {
  return dimensions.at(-1)?.size ?? 1;
}

const instanceNorm: Mapping<'instanceNorm'> = {
  onnx: (w, site) => {
    const x = site.input(0);
    const [ones, zeros] = [w.filled(channelsOf(x), 1), w.filled(channelsOf(x), 0)];
    const epsilon = float(site.attributes.epsilon);
    const name = w.node('InstanceNormalization', [w.channelsFirst(x), ones, zeros], { epsilon });
    w.defineFirst(site.output(0), { name, volume: x.dimensions });
  },
  tf: (w, site) => tfNormalised(w, w.value(site.input(0)), [1, 2, 3], site.attributes.epsilon),
};

/** In ONNX an instance norm over the channels of a group, as torch exports it; of one channel a group, an instance norm. */
const groupNorm: Mapping<'groupNorm'> = {
  onnx: (w, site) => {
    const [x, gamma, beta] = [site.input(0), site.input(1), site.input(2)];
    const { groups } = site.attributes;
    const channels = channelsOf(x);
    const epsilon = float(site.attributes.epsilon);
    const image = w.channelsFirst(x);
    if (groups === channels) {
      const name = w.node('InstanceNormalization', [image, w.plain(gamma), w.plain(beta)], { epsilon });
      w.defineFirst(site.output(0), { name, volume: x.dimensions });
      return;
    }
    const grouped = w.reshape(image, [-1, groups, elementsPerSample(x.dimensions) / groups]);
    const normal = w.node('InstanceNormalization', [grouped, w.filled(groups, 1), w.filled(groups, 0)], { epsilon });
    const [, depth, height, width] = x.dimensions.map(({ size }) => size);
    const volume = w.reshape(normal, [-1, channels, depth ?? 1, height ?? 1, width ?? 1]);
    const perChannel = [channels, 1, 1, 1];
    const scaled = w.node('Mul', [volume, w.reshape(w.plain(gamma), perChannel)]);
    const name = w.node('Add', [scaled, w.reshape(w.plain(beta), perChannel)]);
    w.defineFirst(site.output(0), { name, volume: x.dimensions });
  },
  tf: (w, site) => {
    const x = site.input(0);
    const { groups, epsilon } = site.attributes;
    const channels = channelsOf(x);
    if (groups === channels) {
      return tfScaled(w, tfNormalised(w, w.value(x), [1, 2, 3], epsilon), site.input(1), site.input(2));
    }
    const voxels = elementsPerSample(x.dimensions) / channels;
    const grouped = w.reshape(w.value(x), [-1, voxels, groups, channels / groups]);
    const normal = tfNormalised(w, grouped, [1, 3], epsilon);
    return tfScaled(w, w.reshape(normal, openShape(x.dimensions)), site.input(1), site.input(2));
  },
};

const layerNorm: Mapping<'layerNorm'> = {
  onnx: (w, site) => {
    const inputs = site.inputs.map((input) => w.plain(input));
    const attributes = { ...axisAttribute(-1), epsilon: float(site.attributes.epsilon) };
    w.define(site.output(0), w.node('LayerNormalization', inputs, attributes));
  },
  tf: (w, site) => {
    const x = site.input(0);
    const normal = tfNormalised(w, w.value(x), [x.dimensions.length - 1], site.attributes.epsilon);
    return tfScaled(w, normal, site.input(1), site.input(2));
  },
};

export const normalisation = {
  softmax: overLastAxis('Softmax', 'Softmax'),
  logSoftmax: overLastAxis('LogSoftmax', 'LogSoftmax'),
  softmaxGrad: NOT_EXPORTED,
  logSoftmaxGrad: NOT_EXPORTED,
  instanceNorm,
  instanceNormGrad: NOT_EXPORTED,
  groupNorm,
  groupNormGrad: NOT_EXPORTED,
  layerNorm,
  layerNormGrad: NOT_EXPORTED,
} as const;

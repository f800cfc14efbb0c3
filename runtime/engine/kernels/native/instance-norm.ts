import { channels } from './channels.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeKernel, withTemporaries } from './kernel.ts';
import { fusedSamples, isFused, sampleNorm, samplesOf, vectorsOf } from './normalization.ts';

const instanceNorm: NativeKernel<'instanceNorm'> = (site, tf) =>
  (isFused(at(site.inputs, 0).shape, tf) ? fused : fromMoments)(site, tf);

/** y = x·r − μ·r with r = 1/√(σ² + ε) and σ² = E[x²] − μ². */
const fromMoments: NativeKernel<'instanceNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const volume = channels(shape, tf);
  const perVoxel = tf.scalar(1 / shape.slice(1, -1).reduce((product, size) => product * size, 1));
  const [tiny, zero] = [tf.scalar(site.attributes.epsilon), tf.scalar(0)];
  return ([x = -1]) =>
    withTemporaries(tf, (keep) => {
      const mean = tf.run('Mul', [FLOAT], [keep(volume.sum(x)), perVoxel]);
      const secondMoment = keep(tf.run('Mul', [FLOAT], [keep(volume.sumOfSquares(x)), perVoxel]));
      const square = keep(tf.run('Square', [FLOAT], [mean]));
      // Rounding may leave less than nothing of a constant volume.
      const variance = tf.run('Maximum', [FLOAT], [keep(tf.run('Sub', [FLOAT], [secondMoment, square])), zero]);
      const root = keep(tf.run('Rsqrt', [FLOAT], [keep(tf.run('AddV2', [FLOAT], [variance, tiny]))]));
      const offset = keep(tf.run('Neg', [FLOAT], [keep(tf.run('Mul', [FLOAT], [mean, root]))]));
      return [volume.scaleAndShift(x, root, offset), mean, variance];
    });
};

const fused: NativeKernel<'instanceNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const count = at(shape, shape.length - 1);
  const normalise = fusedSamples(shape, site.attributes.epsilon, tf);
  const [scale, offset] = [tf.filled(1, [count]), tf.filled(0, [count])];
  return ([x = -1]) => normalise(x, scale, offset);
};

const instanceNormGrad: NativeKernel<'instanceNormGrad'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const count = at(shape, shape.length - 1);
  const samples = samplesOf(shape, tf);
  const vectors = vectorsOf(at(shape, 0), count, tf);
  const norm = sampleNorm(site.attributes.epsilon, tf);
  const unit = tf.filled(1, [count]);
  return ([dy = -1, x = -1, statA = -1, statB = -1]) => {
    const gradients = samples.split(dy);
    const inputs = samples.split(x);
    const means = vectors.unstack(statA);
    const spreads = vectors.unstack(statB);
    const outputs = gradients.map((gradient, index) => {
      const arguments_ = [at(inputs, index), at(means, index), at(spreads, index)] as const;
      const [dx = -1, ...rest] = norm.backward(gradient, arguments_[0], unit, arguments_[1], arguments_[2]);
      for (const id of [gradient, ...arguments_, ...rest]) tf.free(id);
      return dx;
    });
    return [samples.join(outputs)];
  };
};

export const instanceNorms = { instanceNorm, instanceNormGrad };

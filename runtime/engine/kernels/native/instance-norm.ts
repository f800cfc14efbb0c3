import type { TensorId } from '../../native/binding.ts';
import { at, type NativeKernel } from './kernel.ts';
import { sampleNorm, samplesOf, vectorsOf } from './normalization.ts';

/** The statistics are the ones that TensorFlow saves for its own gradient: mean, and variance or (on GPUs) 1/std. */
const instanceNorm: NativeKernel<'instanceNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const samples = samplesOf(shape, tf);
  const vectors = vectorsOf(at(shape, 0), at(shape, shape.length - 1), tf);
  const norm = sampleNorm(shape, site.attributes.epsilon, tf);
  return ([x = -1]) => {
    const outputs: TensorId[] = [];
    const means: TensorId[] = [];
    const spreads: TensorId[] = [];
    for (const sample of samples.split(x)) {
      const [y = -1, batchMean = -1, batchVariance = -1, mean = -1, spread = -1, reserve = -1] = norm.forward(sample);
      for (const id of [sample, batchMean, batchVariance, reserve]) tf.free(id);
      outputs.push(y);
      means.push(mean);
      spreads.push(spread);
    }
    return [samples.join(outputs), vectors.stack(means), vectors.stack(spreads)];
  };
};

const instanceNormGrad: NativeKernel<'instanceNormGrad'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const channels = at(shape, shape.length - 1);
  const samples = samplesOf(shape, tf);
  const vectors = vectorsOf(at(shape, 0), channels, tf);
  const norm = sampleNorm(shape, site.attributes.epsilon, tf);
  const unit = tf.filled(1, [channels]);
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

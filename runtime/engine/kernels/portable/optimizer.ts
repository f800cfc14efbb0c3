import { at, type PortableKernel, type Tensor } from './kernel.ts';

/** Updates of flat vectors, which consume what they replace. */

function consume(...vectors: readonly Tensor[]): void {
  for (const vector of vectors) vector.dispose();
}

/** torch.optim.AdamW: w ·= 1 − lr·λ, then w −= lr/c₁ · m / (√v/√c₂ + ε). */
const adamw: PortableKernel<'adamw'> = ({ attributes }, tf) => {
  const { beta1, beta2, epsilon, weightDecay } = attributes;
  return (inputs) => {
    const [weights, m, v, gradient] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(inputs, 3)];
    const [rate, correction1, correction2] = [at(inputs, 4), at(inputs, 5), at(inputs, 6)];
    const nextM = tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1));
    const nextV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const denominator = tf.add(tf.div(tf.sqrt(nextV), tf.sqrt(correction2)), epsilon);
    const decayed = tf.mul(weights, tf.sub(1, tf.mul(rate, weightDecay)));
    const nextWeights = tf.sub(decayed, tf.mul(tf.div(rate, correction1), tf.div(nextM, denominator)));
    consume(weights, m, v);
    return [nextWeights, nextM, nextV];
  };
};

/** torch.optim.SGD: b ← μ·b + g, then w −= lr·b, or with Nesterov's momentum w −= lr·(g + μ·b). */
const sgd: PortableKernel<'sgd'> = ({ attributes: { momentum, nesterov } }, tf) => {
  return (inputs) => {
    const [weights, buffer, gradient, rate] = [at(inputs, 0), at(inputs, 1), at(inputs, 2), at(inputs, 3)];
    const nextBuffer = tf.add(tf.mul(buffer, momentum), gradient);
    const step = nesterov ? tf.add(gradient, tf.mul(nextBuffer, momentum)) : nextBuffer;
    const nextWeights = tf.sub(weights, tf.mul(rate, step));
    consume(weights, buffer);
    return [nextWeights, nextBuffer];
  };
};

/** average − (1 − decay) · (average − weights) */
const movingAverage: PortableKernel<'movingAverage'> = (_site, tf) => {
  return (inputs) => {
    const [average, weights, decay] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const next = tf.sub(average, tf.mul(tf.sub(1, decay), tf.sub(average, weights)));
    consume(average);
    return [next];
  };
};

export const optimizers = { adamw, sgd, movingAverage };

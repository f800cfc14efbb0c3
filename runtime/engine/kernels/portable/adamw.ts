import { at, type PortableKernel } from './kernel.ts';

/**
 * torch.optim.AdamW: w ·= 1 − lr·λ, then w −= lr/c₁ · m / (√v/√c₂ + ε).
 *
 * The first three inputs are consumed.
 */
const adamw: PortableKernel<'adamw'> = ({ attributes }, tf) => {
  const { beta1, beta2, epsilon, weightDecay } = attributes;
  return (inputs) => {
    const [weights, m, v, gradient] = [0, 1, 2, 3].map((index) => at(inputs, index));
    if (weights === undefined || m === undefined || v === undefined || gradient === undefined) return [];
    const [rate, correction1, correction2] = [at(inputs, 4), at(inputs, 5), at(inputs, 6)];
    const nextM = tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1));
    const nextV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const denominator = tf.add(tf.div(tf.sqrt(nextV), tf.sqrt(correction2)), epsilon);
    const decayed = tf.mul(weights, tf.sub(1, tf.mul(rate, weightDecay)));
    const nextWeights = tf.sub(decayed, tf.mul(tf.div(rate, correction1), tf.div(nextM, denominator)));
    for (const consumed of [weights, m, v]) consumed.dispose();
    return [nextWeights, nextM, nextV];
  };
};

export const optimizers = { adamw };

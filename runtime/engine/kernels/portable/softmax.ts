import { binary, type PortableKernel, unary } from './kernel.ts';

/** Over the last axis, as everything here. */
const softmax: PortableKernel<'softmax'> = (_site, tf) => unary((x) => tf.softmax(x));

/** y · (dy − Σ dy·y) */
const softmaxGrad: PortableKernel<'softmaxGrad'> = (_site, tf) =>
  binary((dy, y) => tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true))));

/** x − max − log Σ exp(x − max) */
const logSoftmax: PortableKernel<'logSoftmax'> = (_site, tf) =>
  unary((x) => {
    const shifted = tf.sub(x, tf.max(x, -1, true));
    return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
  });

/** dy − exp(y) · Σ dy */
const logSoftmaxGrad: PortableKernel<'logSoftmaxGrad'> = (_site, tf) =>
  binary((dy, y) => tf.sub(dy, tf.mul(tf.exp(y), tf.sum(dy, -1, true))));

export const softmaxes = { softmax, softmaxGrad, logSoftmax, logSoftmaxGrad };

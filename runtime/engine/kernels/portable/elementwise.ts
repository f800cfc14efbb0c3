import { at, binary, type PortableKernel, unary } from './kernel.ts';
import { rounded } from './rounding.ts';

const leakyReluGrad: PortableKernel<'leakyReluGrad'> = ({ attributes: { alpha }, outputs }, tf) =>
  binary((dy, x) => rounded(tf, tf.mul(dy, tf.step(x, alpha)), at(outputs, 0).dtype));

/** x/2 · (1 + erf(x/√2)) */
const gelu: PortableKernel<'gelu'> = (_site, tf) =>
  unary((x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)));

/** dy · (½ · (1 + erf(x/√2)) + x · exp(−x²/2) / √(2π)) */
const geluGrad: PortableKernel<'geluGrad'> = (_site, tf) =>
  binary((dy, x) => {
    const phi = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.mul(dy, tf.add(phi, tf.mul(x, density)));
  });

const add: PortableKernel<'add'> = (_site, tf) => binary((a, b) => tf.add(a, b));
const sub: PortableKernel<'sub'> = (_site, tf) => binary((a, b) => tf.sub(a, b));
const mul: PortableKernel<'mul'> = (_site, tf) => binary((a, b) => tf.mul(a, b));
const div: PortableKernel<'div'> = (_site, tf) => binary((a, b) => tf.div(a, b));
const maximum: PortableKernel<'maximum'> = (_site, tf) => binary((a, b) => tf.maximum(a, b));
const minimum: PortableKernel<'minimum'> = (_site, tf) => binary((a, b) => tf.minimum(a, b));
const neg: PortableKernel<'neg'> = (_site, tf) => unary((x) => tf.neg(x));
const sqrt: PortableKernel<'sqrt'> = (_site, tf) => unary((x) => tf.sqrt(x));
const square: PortableKernel<'square'> = (_site, tf) => unary((x) => tf.square(x));
const exp: PortableKernel<'exp'> = (_site, tf) => unary((x) => tf.exp(x));
const log: PortableKernel<'log'> = (_site, tf) => unary((x) => tf.log(x));
const relu: PortableKernel<'relu'> = (_site, tf) => unary((x) => tf.relu(x));
const reluGrad: PortableKernel<'reluGrad'> = (_site, tf) => binary((dy, x) => tf.mul(dy, tf.step(x)));
const leakyRelu: PortableKernel<'leakyRelu'> = ({ attributes: { alpha }, outputs }, tf) =>
  unary((x) => rounded(tf, tf.leakyRelu(x, alpha), at(outputs, 0).dtype));

/** tfjs has no bfloat16: its values stand in float32. */
const cast: PortableKernel<'cast'> = ({ attributes: { to } }, tf) => unary((x) => rounded(tf, tf.clone(x), to));

const softplus: PortableKernel<'softplus'> = (_site, tf) => unary((x) => tf.softplus(x));
const softplusGrad: PortableKernel<'softplusGrad'> = (_site, tf) => binary((dy, x) => tf.mul(dy, tf.sigmoid(x)));

/** x where x > 0, else slope · x */
const prelu: PortableKernel<'prelu'> = (_site, tf) =>
  binary((x, slope) => tf.add(tf.relu(x), tf.mul(tf.minimum(x, 0), slope)));

const preluGrad: PortableKernel<'preluGrad'> = (_site, tf) => {
  return (inputs) => {
    const [dy, x, slope] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const positive = tf.step(x);
    const factor = tf.add(positive, tf.mul(tf.sub(1, positive), slope));
    return [tf.mul(dy, factor), tf.reshape(tf.sum(tf.mul(dy, tf.minimum(x, 0))), [1])];
  };
};

export const elementwise = {
  add,
  sub,
  mul,
  div,
  maximum,
  minimum,
  neg,
  sqrt,
  square,
  exp,
  log,
  relu,
  reluGrad,
  cast,
  leakyRelu,
  leakyReluGrad,
  gelu,
  geluGrad,
  softplus,
  softplusGrad,
  prelu,
  preluGrad,
};

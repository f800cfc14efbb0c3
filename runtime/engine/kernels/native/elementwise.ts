import type { OpName } from '../../../../compiler/graph/types.ts';
import { attr, type OpAttribute } from '../../native/binding.ts';
import { at, type NativeKernel, type NodeSite, withTemporaries } from './kernel.ts';

/** TensorFlow's attribute `T`: the dtype of a node's first input. */
export function typeOf(site: NodeSite<OpName>): OpAttribute {
  return attr.dtype('T', at(site.inputs, 0).dtype);
}

export const FLOAT = attr.dtype('T', 'float32');

type WithoutAttributes =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'maximum'
  | 'minimum'
  | 'neg'
  | 'sqrt'
  | 'square'
  | 'exp'
  | 'log'
  | 'relu'
  | 'reluGrad'
  | 'softplus'
  | 'softplusGrad';

/** A kernel that is one TensorFlow op of the same inputs. */
const plain =
  (name: string): NativeKernel<WithoutAttributes> =>
  (site, tf) => {
    const attributes = [typeOf(site)];
    return (inputs) => [tf.run(name, attributes, inputs)];
  };

const cast: NativeKernel<'cast'> = (site, tf) => {
  const from = attr.dtype('SrcT', at(site.inputs, 0).dtype);
  const attributes = [from, attr.dtype('DstT', site.attributes.to), attr.bool('Truncate', false)];
  return (inputs) => [tf.run('Cast', attributes, inputs)];
};

const leakyRelu: NativeKernel<'leakyRelu'> = (site, tf) => {
  const attributes = [typeOf(site), attr.float('alpha', site.attributes.alpha)];
  return (inputs) => [tf.run('LeakyRelu', attributes, inputs)];
};

const leakyReluGrad: NativeKernel<'leakyReluGrad'> = (site, tf) => {
  const attributes = [typeOf(site), attr.float('alpha', site.attributes.alpha)];
  return (inputs) => [tf.run('LeakyReluGrad', attributes, inputs)];
};

/** x/2 · erfc(−x/√2): one pass less than with erf, and right for large negative x too. */
const gelu: NativeKernel<'gelu'> = (_site, tf) => {
  const toArgument = tf.scalar(-Math.SQRT1_2);
  const half = tf.scalar(0.5);
  return ([x = -1]) =>
    withTemporaries(tf, (keep) => {
      const argument = keep(tf.run('Mul', [FLOAT], [x, toArgument]));
      const twicePhi = keep(tf.run('Erfc', [FLOAT], [argument]));
      const product = keep(tf.run('Mul', [FLOAT], [x, twicePhi]));
      return [tf.run('Mul', [FLOAT], [product, half])];
    });
};

/** dy · ½ · (erfc(−x/√2) + x · √(2/π) · exp(−x²/2)) */
const geluGrad: NativeKernel<'geluGrad'> = (_site, tf) => {
  const toArgument = tf.scalar(-Math.SQRT1_2);
  const half = tf.scalar(0.5);
  const densityScale = tf.scalar(Math.sqrt(2 / Math.PI));
  return ([dy = -1, x = -1]) =>
    withTemporaries(tf, (keep) => {
      const argument = keep(tf.run('Mul', [FLOAT], [x, toArgument]));
      const square = tf.run('Square', [FLOAT], [argument]);
      const exponent = tf.run('Neg', [FLOAT], [square]);
      tf.free(square);
      const density = tf.run('Exp', [FLOAT], [exponent]);
      tf.free(exponent);
      const scaled = tf.run('Mul', [FLOAT], [density, densityScale]);
      tf.free(density);
      const slope = tf.run('Mul', [FLOAT], [scaled, x]);
      tf.free(scaled);
      const twicePhi = keep(tf.run('Erfc', [FLOAT], [argument]));
      const sum = tf.run('AddV2', [FLOAT], [twicePhi, slope]);
      tf.free(slope);
      const product = keep(tf.run('Mul', [FLOAT], [sum, dy]));
      tf.free(sum);
      return [tf.run('Mul', [FLOAT], [product, half])];
    });
};

/** x where x > 0, else slope · x */
const prelu: NativeKernel<'prelu'> = (_site, tf) => {
  const zero = tf.scalar(0);
  return ([x = -1, slope = -1]) =>
    withTemporaries(tf, (keep) => {
      const positive = keep(tf.run('Greater', [FLOAT], [x, zero]));
      const sloped = keep(tf.run('Mul', [FLOAT], [x, slope]));
      return [tf.run('SelectV2', [FLOAT], [positive, x, sloped])];
    });
};

/** dx as `prelu` of dy where x is; dslope = Σ dy · min(x, 0) */
const preluGrad: NativeKernel<'preluGrad'> = (site, tf) => {
  const zero = tf.scalar(0);
  const axes = tf.ints(at(site.inputs, 0).shape.map((_, axis) => axis));
  const one = tf.ints([1]);
  const sum = [FLOAT, attr.dtype('Tidx', 'int32'), attr.bool('keep_dims', false)];
  return ([dy = -1, x = -1, slope = -1]) =>
    withTemporaries(tf, (keep) => {
      const positive = keep(tf.run('Greater', [FLOAT], [x, zero]));
      const sloped = tf.run('Mul', [FLOAT], [dy, slope]);
      const dx = tf.run('SelectV2', [FLOAT], [positive, dy, sloped]);
      tf.free(sloped);
      const negative = tf.run('Minimum', [FLOAT], [x, zero]);
      const products = keep(tf.run('Mul', [FLOAT], [dy, negative]));
      tf.free(negative);
      const total = keep(tf.run('Sum', sum, [products, axes]));
      return [dx, tf.run('Reshape', [FLOAT, attr.dtype('Tshape', 'int32')], [total, one])];
    });
};

export const elementwise = {
  add: plain('AddV2'),
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: plain('Div'),
  maximum: plain('Maximum'),
  minimum: plain('Minimum'),
  neg: plain('Neg'),
  sqrt: plain('Sqrt'),
  square: plain('Square'),
  exp: plain('Exp'),
  log: plain('Log'),
  relu: plain('Relu'),
  reluGrad: plain('ReluGrad'),
  cast,
  leakyRelu,
  leakyReluGrad,
  gelu,
  geluGrad,
  softplus: plain('Softplus'),
  softplusGrad: plain('SoftplusGrad'),
  prelu,
  preluGrad,
};

import { attr } from '../../native/binding.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeKernel, type NodeSite, rowsOf, withTemporaries } from './kernel.ts';

const RESHAPE = [FLOAT, attr.dtype('Tshape', 'int32')];
const MATMUL = [FLOAT, attr.bool('transpose_a', false), attr.bool('transpose_b', false)];
const SUM_KEEPING = [FLOAT, attr.dtype('Tidx', 'int32'), attr.bool('keep_dims', true)];

function lastAxis(site: NodeSite<'softmax' | 'softmaxGrad' | 'logSoftmax' | 'logSoftmaxGrad'>) {
  const { shape } = at(site.inputs, 0);
  return { shape, axis: shape.length - 1, classes: at(shape, shape.length - 1) };
}

/**
 * Two classes, the common case, at full resolution: softmax(x)₀ = sigmoid(x₀ − x₁) and log softmax(x)₀ = −softplus(x₁ − x₀).
 * The differences come from a product with ±1, which a GPU would round to TF32.
 */
const ofTwoClasses =
  (activation: 'Sigmoid' | 'Softplus'): NativeKernel<'softmax' | 'logSoftmax'> =>
  (site, tf) => {
    const { shape } = lastAxis(site);
    const matrix = tf.ints([rowsOf(shape), 2]);
    const result = tf.ints(shape);
    const differences =
      activation === 'Sigmoid' ? tf.floats([1, -1, -1, 1], [2, 2]) : tf.floats([-1, 1, 1, -1], [2, 2]);
    return ([x = -1]) =>
      withTemporaries(tf, (keep) => {
        const flat = keep(tf.run('Reshape', RESHAPE, [x, matrix]));
        const margins = keep(tf.run('MatMul', MATMUL, [flat, differences]));
        const activated = keep(tf.run(activation, [FLOAT], [margins]));
        const flatResult = activation === 'Sigmoid' ? activated : keep(tf.run('Neg', [FLOAT], [activated]));
        return [tf.run('Reshape', RESHAPE, [flatResult, result])];
      });
  };

const softmax: NativeKernel<'softmax'> = (site, tf) => {
  if (lastAxis(site).classes === 2 && !tf.gpu) return ofTwoClasses('Sigmoid')(site, tf);
  return (inputs) => [tf.run('Softmax', [FLOAT], inputs)];
};

const logSoftmax: NativeKernel<'logSoftmax'> = (site, tf) => {
  if (lastAxis(site).classes === 2 && !tf.gpu) return ofTwoClasses('Softplus')(site, tf);
  return (inputs) => [tf.run('LogSoftmax', [FLOAT], inputs)];
};

/** y · (dy − Σ dy·y) */
const softmaxGrad: NativeKernel<'softmaxGrad'> = (site, tf) => {
  const axis = tf.ints([lastAxis(site).axis]);
  return ([dy = -1, y = -1]) => {
    const product = tf.run('Mul', [FLOAT], [dy, y]);
    const sums = tf.run('Sum', SUM_KEEPING, [product, axis]);
    tf.free(product);
    const centred = tf.run('Sub', [FLOAT], [dy, sums]);
    tf.free(sums);
    const dx = tf.run('Mul', [FLOAT], [centred, y]);
    tf.free(centred);
    return [dx];
  };
};

/** dy − exp(y) · Σ dy */
const logSoftmaxGrad: NativeKernel<'logSoftmaxGrad'> = (site, tf) => {
  const axis = tf.ints([lastAxis(site).axis]);
  return ([dy = -1, y = -1]) =>
    withTemporaries(tf, (keep) => {
      const sums = keep(tf.run('Sum', SUM_KEEPING, [dy, axis]));
      const probabilities = keep(tf.run('Exp', [FLOAT], [y]));
      const share = keep(tf.run('Mul', [FLOAT], [probabilities, sums]));
      return [tf.run('Sub', [FLOAT], [dy, share])];
    });
};

export const softmaxes = { softmax, softmaxGrad, logSoftmax, logSoftmaxGrad };

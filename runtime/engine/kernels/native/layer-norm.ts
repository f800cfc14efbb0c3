import { attr } from '../../native/binding.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeKernel, rowsOf, withTemporaries } from './kernel.ts';
import { columnSums } from './reduction.ts';

const RESHAPE = [FLOAT, attr.dtype('Tshape', 'int32')];
const REDUCE = [FLOAT, attr.dtype('Tidx', 'int32'), attr.bool('keep_dims', true)];

/** Rows are many and short, so plain ops on [rows, C] are as fast as any fused one. Saves mean and 1/std of each row. */
const layerNorm: NativeKernel<'layerNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const channels = at(shape, shape.length - 1);
  const rows = rowsOf(shape);
  const matrix = tf.ints([rows, channels]);
  const vector = tf.ints([rows]);
  const whole = tf.ints(shape);
  const axis = tf.ints([1]);
  const tiny = tf.scalar(site.attributes.epsilon);
  return ([x = -1, gamma = -1, beta = -1]) =>
    withTemporaries(tf, (keep) => {
      const flat = keep(tf.run('Reshape', RESHAPE, [x, matrix]));
      const mean = keep(tf.run('Mean', REDUCE, [flat, axis]));
      const centred = tf.run('Sub', [FLOAT], [flat, mean]);
      const squares = tf.run('Square', [FLOAT], [centred]);
      const variance = keep(tf.run('Mean', REDUCE, [squares, axis]));
      tf.free(squares);
      const root = keep(tf.run('Rsqrt', [FLOAT], [keep(tf.run('AddV2', [FLOAT], [variance, tiny]))]));
      const normal = tf.run('Mul', [FLOAT], [centred, root]);
      tf.free(centred);
      const scaled = tf.run('Mul', [FLOAT], [normal, gamma]);
      tf.free(normal);
      const y = keep(tf.run('BiasAdd', [FLOAT, attr.string('data_format', 'NHWC')], [scaled, beta]));
      tf.free(scaled);
      return [
        tf.run('Reshape', RESHAPE, [y, whole]),
        tf.run('Reshape', RESHAPE, [mean, vector]),
        tf.run('Reshape', RESHAPE, [root, vector]),
      ];
    });
};

/** With g = dy·γ and x̂ = (x − μ)·r: dx = r·(g − mean(g) − x̂·mean(g·x̂)), dγ = Σ dy·x̂, dβ = Σ dy. */
const layerNormGrad: NativeKernel<'layerNormGrad'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const channels = at(shape, shape.length - 1);
  const rows = rowsOf(shape);
  const matrix = tf.ints([rows, channels]);
  const column = tf.ints([rows, 1]);
  const vector = tf.ints([channels]);
  const whole = tf.ints(shape);
  const axis = tf.ints([1]);
  const sum = columnSums(rows, 1, tf);
  return ([dy = -1, x = -1, gamma = -1, statMean = -1, statRoot = -1]) =>
    withTemporaries(tf, (keep) => {
      const gradient = keep(tf.run('Reshape', RESHAPE, [dy, matrix]));
      const mean = keep(tf.run('Reshape', RESHAPE, [statMean, column]));
      const root = keep(tf.run('Reshape', RESHAPE, [statRoot, column]));
      const flat = keep(tf.run('Reshape', RESHAPE, [x, matrix]));
      const centred = tf.run('Sub', [FLOAT], [flat, mean]);
      const normal = tf.run('Mul', [FLOAT], [centred, root]);
      tf.free(centred);
      const byNormal = tf.run('Mul', [FLOAT], [gradient, normal]);
      const dGamma = keep(sum(byNormal));
      const dBeta = keep(sum(gradient));

      const weighted = keep(tf.run('Mul', [FLOAT], [gradient, gamma]));
      const weightedMean = keep(tf.run('Mean', REDUCE, [weighted, axis]));
      const product = tf.run('Mul', [FLOAT], [byNormal, gamma]);
      tf.free(byNormal);
      const slope = keep(tf.run('Mean', REDUCE, [product, axis]));
      tf.free(product);
      const tilt = tf.run('Mul', [FLOAT], [normal, slope]);
      tf.free(normal);
      const level = tf.run('Sub', [FLOAT], [weighted, weightedMean]);
      const residual = tf.run('Sub', [FLOAT], [level, tilt]);
      tf.free(level);
      tf.free(tilt);
      const dx = keep(tf.run('Mul', [FLOAT], [residual, root]));
      tf.free(residual);
      return [
        tf.run('Reshape', RESHAPE, [dx, whole]),
        tf.run('Reshape', RESHAPE, [dGamma, vector]),
        tf.run('Reshape', RESHAPE, [dBeta, vector]),
      ];
    });
};

export const layerNorms = { layerNorm, layerNormGrad };

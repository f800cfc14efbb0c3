import type { Shape } from '../../../../compiler/graph/types.ts';
import { at, type PortableKernel, type Tensor, type TensorLibrary } from './kernel.ts';

/**
 * Every norm here is one over the axes `over` of a view of x, with x̂ = (x − μ)·r. The statistics saved for the gradient are
 * μ and r.
 */

interface Normalized {
  readonly normal: Tensor;
  readonly mean: Tensor;
  readonly root: Tensor;
}

function normalize(tf: TensorLibrary, view: Tensor, over: number[], epsilon: number): Normalized {
  const mean = tf.mean(view, over, true);
  const centred = tf.sub(view, mean);
  const root = tf.rsqrt(tf.add(tf.mean(tf.square(centred), over, true), epsilon));
  return { normal: tf.mul(centred, root), mean, root };
}

/** r·(g − mean(g) − x̂·mean(g·x̂)), g being the gradient of x̂. */
function normalizeGrad(tf: TensorLibrary, gradient: Tensor, normal: Tensor, root: Tensor, over: number[]): Tensor {
  const slope = tf.mean(tf.mul(gradient, normal), over, true);
  const level = tf.mean(gradient, over, true);
  return tf.mul(root, tf.sub(tf.sub(gradient, level), tf.mul(normal, slope)));
}

const voxelsOf = (shape: Shape) => shape.slice(1, -1).reduce((product, size) => product * size, 1);
const lastOf = (shape: Shape) => at(shape, shape.length - 1);
const rowsOf = (shape: Shape) => shape.slice(0, -1).reduce((product, size) => product * size, 1);

const instanceNorm: PortableKernel<'instanceNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const [batch, channels] = [at(shape, 0), lastOf(shape)];
  return (inputs) => {
    const view = tf.reshape(at(inputs, 0), [batch, voxelsOf(shape), channels]);
    const { normal, mean, root } = normalize(tf, view, [1], site.attributes.epsilon);
    return [tf.reshape(normal, [...shape]), tf.reshape(mean, [batch, channels]), tf.reshape(root, [batch, channels])];
  };
};

const instanceNormGrad: PortableKernel<'instanceNormGrad'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const [batch, channels] = [at(shape, 0), lastOf(shape)];
  const rows = [batch, voxelsOf(shape), channels];
  return (inputs) => {
    const mean = tf.reshape(at(inputs, 2), [batch, 1, channels]);
    const root = tf.reshape(at(inputs, 3), [batch, 1, channels]);
    const normal = tf.mul(tf.sub(tf.reshape(at(inputs, 1), rows), mean), root);
    return [tf.reshape(normalizeGrad(tf, tf.reshape(at(inputs, 0), rows), normal, root, [1]), [...shape])];
  };
};

/** The view is [N, S, G, C/G]; statistics are saved spread to the channels. */
const groupNorm: PortableKernel<'groupNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const { groups, epsilon } = site.attributes;
  const [batch, channels] = [at(shape, 0), lastOf(shape)];
  const size = channels / groups;
  const spread = (statistic: Tensor) =>
    tf.reshape(tf.tile(tf.reshape(statistic, [batch, groups, 1]), [1, 1, size]), [batch, channels]);
  return (inputs) => {
    const view = tf.reshape(at(inputs, 0), [batch, voxelsOf(shape), groups, size]);
    const { normal, mean, root } = normalize(tf, view, [1, 3], epsilon);
    const rows = tf.reshape(normal, [batch * voxelsOf(shape), channels]);
    const y = tf.add(tf.mul(rows, at(inputs, 1)), at(inputs, 2));
    return [tf.reshape(y, [...shape]), spread(mean), spread(root)];
  };
};

const groupNormGrad: PortableKernel<'groupNormGrad'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const { groups } = site.attributes;
  const [batch, channels, voxels] = [at(shape, 0), lastOf(shape), voxelsOf(shape)];
  const view = [batch, voxels, groups, channels / groups];
  return (inputs) => {
    const [dy, x] = [at(inputs, 0), at(inputs, 1)].map((tensor) => tf.reshape(tensor, [batch, voxels, channels]));
    const [mean, root] = [at(inputs, 3), at(inputs, 4)].map((tensor) => tf.reshape(tensor, [batch, 1, channels]));
    if (dy === undefined || x === undefined || mean === undefined || root === undefined) return [];
    const normal = tf.mul(tf.sub(x, mean), root);
    const gradient = tf.reshape(tf.mul(dy, at(inputs, 2)), view);
    const roots = tf.reshape(root, [batch, 1, groups, channels / groups]);
    const dx = normalizeGrad(tf, gradient, tf.reshape(normal, view), roots, [1, 3]);
    return [tf.reshape(dx, [...shape]), tf.sum(tf.mul(dy, normal), [0, 1]), tf.sum(dy, [0, 1])];
  };
};

const layerNorm: PortableKernel<'layerNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const rows = rowsOf(shape);
  return (inputs) => {
    const view = tf.reshape(at(inputs, 0), [rows, lastOf(shape)]);
    const { normal, mean, root } = normalize(tf, view, [1], site.attributes.epsilon);
    const y = tf.add(tf.mul(normal, at(inputs, 1)), at(inputs, 2));
    return [tf.reshape(y, [...shape]), tf.reshape(mean, [rows]), tf.reshape(root, [rows])];
  };
};

const layerNormGrad: PortableKernel<'layerNormGrad'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const matrix = [rowsOf(shape), lastOf(shape)];
  return (inputs) => {
    const dy = tf.reshape(at(inputs, 0), matrix);
    const mean = tf.reshape(at(inputs, 3), [rowsOf(shape), 1]);
    const root = tf.reshape(at(inputs, 4), [rowsOf(shape), 1]);
    const normal = tf.mul(tf.sub(tf.reshape(at(inputs, 1), matrix), mean), root);
    const dx = normalizeGrad(tf, tf.mul(dy, at(inputs, 2)), normal, root, [1]);
    return [tf.reshape(dx, [...shape]), tf.sum(tf.mul(dy, normal), 0), tf.sum(dy, 0)];
  };
};

export const normalizations = {
  instanceNorm,
  instanceNormGrad,
  groupNorm,
  groupNormGrad,
  layerNorm,
  layerNormGrad,
};

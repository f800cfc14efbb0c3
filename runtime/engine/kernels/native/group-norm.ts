import type { Shape } from '../../../../compiler/graph/types.ts';
import { attr, type TensorId } from '../../native/binding.ts';
import type { TensorFlowSession } from '../../native/session.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeKernel, withTemporaries } from './kernel.ts';
import { sampleNorm, samplesOf, vectorsOf } from './normalization.ts';
import { columnSums } from './reduction.ts';

const RESHAPE = [FLOAT, attr.dtype('Tshape', 'int32')];
const REDUCE = [FLOAT, attr.dtype('Tidx', 'int32'), attr.bool('keep_dims', true)];
const BROADCAST = [FLOAT, attr.dtype('Tidx', 'int32')];

/** Vectors over channels [N, C] and means of them over each group, spread to the channels again. */
function groupMeans(shape: Shape, groups: number, tf: TensorFlowSession) {
  const [batch, channels] = [at(shape, 0), at(shape, shape.length - 1)];
  const size = channels / groups;
  const grouped = tf.ints([batch, groups, size]);
  const flat = tf.ints([batch, channels]);
  const axis = tf.ints([2]);
  return (perChannel: TensorId): TensorId =>
    withTemporaries(tf, (keep) => {
      const split = keep(tf.run('Reshape', RESHAPE, [perChannel, grouped]));
      const means = keep(tf.run('Mean', REDUCE, [split, axis]));
      const spread = keep(tf.run('BroadcastTo', BROADCAST, [means, grouped]));
      return tf.run('Reshape', RESHAPE, [spread, flat]);
    });
}

/** x·scale + offset with one scale and offset for each sample and channel, [N, C]. */
function affine(shape: Shape, tf: TensorFlowSession) {
  const [batch, channels] = [at(shape, 0), at(shape, shape.length - 1)];
  const voxels = shape.slice(1, -1).reduce((product, size) => product * size, 1);
  const rows = tf.ints([batch, voxels, channels]);
  const vectors = tf.ints([batch, 1, channels]);
  const whole = tf.ints(shape);
  return {
    rows: (x: TensorId) => tf.run('Reshape', RESHAPE, [x, rows]),
    vectors: (x: TensorId) => tf.run('Reshape', RESHAPE, [x, vectors]),
    whole: (x: TensorId) => tf.run('Reshape', RESHAPE, [x, whole]),
  };
}

/**
 * y = x·a + b with a = γ·r and b = β − μ·a, where μ and r = 1/√(σ² + ε) belong to the sample's group. Group statistics come
 * from those of the channels: μ = mean(μ_c), σ² = mean(σ_c² + (μ_c − μ)²). Saves μ and σ², spread to the channels.
 */
const groupNorm: NativeKernel<'groupNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const { groups, epsilon } = site.attributes;
  const statistics = channelStatistics(shape, epsilon, tf);
  const overGroups = groupMeans(shape, groups, tf);
  const views = affine(shape, tf);
  const tiny = tf.scalar(epsilon);
  return ([x = -1, gamma = -1, beta = -1]) =>
    withTemporaries(tf, (keep) => {
      const [means, variances] = statistics(x);
      keep(means);
      keep(variances);
      const mean = overGroups(means);
      const deviation = keep(tf.run('SquaredDifference', [FLOAT], [means, mean]));
      const variance = overGroups(keep(tf.run('AddV2', [FLOAT], [variances, deviation])));
      const root = keep(tf.run('Rsqrt', [FLOAT], [keep(tf.run('AddV2', [FLOAT], [variance, tiny]))]));
      const scale = keep(tf.run('Mul', [FLOAT], [root, gamma]));
      const offset = keep(tf.run('Sub', [FLOAT], [beta, keep(tf.run('Mul', [FLOAT], [mean, scale]))]));
      const scaled = tf.run('Mul', [FLOAT], [keep(views.rows(x)), keep(views.vectors(scale))]);
      const y = keep(tf.run('AddV2', [FLOAT], [scaled, keep(views.vectors(offset))]));
      tf.free(scaled);
      return [views.whole(y), mean, variance];
    });
};

/** Mean and variance of each sample and channel: two tensors [N, C]. */
function channelStatistics(shape: Shape, epsilon: number, tf: TensorFlowSession) {
  const samples = samplesOf(shape, tf);
  const vectors = vectorsOf(at(shape, 0), at(shape, shape.length - 1), tf);
  const norm = sampleNorm(shape, epsilon, tf);
  const bessel = tf.scalar(norm.besselFactor);
  return (x: TensorId): readonly [TensorId, TensorId] => {
    const means: TensorId[] = [];
    const variances: TensorId[] = [];
    for (const sample of samples.split(x)) {
      const [y = -1, mean = -1, variance = -1, ...saved] = norm.forward(sample);
      means.push(mean);
      variances.push(tf.run('Mul', [FLOAT], [variance, bessel]));
      for (const id of [sample, y, variance, ...saved]) tf.free(id);
    }
    return [vectors.stack(means), vectors.stack(variances)];
  };
}

/**
 * The fused gradient with the group's statistics gives exact dγ_c = Σ dy·x̂ and dβ_c = Σ dy, and
 * dx' = γ·r·(dy − dβ_c/S − x̂·dγ_c/S), which subtracts each channel's own means where the group's belong (S voxels). So
 * dx = dx' + x̂·p + q with p = r·(γ·dγ_c − mean_g(γ·dγ))/S and q the same of dβ.
 */
const groupNormGrad: NativeKernel<'groupNormGrad'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const { groups, epsilon } = site.attributes;
  const [batch, channels] = [at(shape, 0), at(shape, shape.length - 1)];
  const voxels = shape.slice(1, -1).reduce((product, size) => product * size, 1);
  const samples = samplesOf(shape, tf);
  const vectors = vectorsOf(batch, channels, tf);
  const norm = sampleNorm(shape, epsilon, tf);
  const overGroups = groupMeans(shape, groups, tf);
  const views = affine(shape, tf);
  const tiny = tf.scalar(epsilon);
  const perVoxel = tf.scalar(1 / voxels);
  const sum = columnSums(batch, 1, tf);
  const vector = tf.ints([channels]);

  return ([dy = -1, x = -1, gamma = -1, mean = -1, variance = -1]) =>
    withTemporaries(tf, (keep) => {
      const root = keep(tf.run('Rsqrt', [FLOAT], [keep(tf.run('AddV2', [FLOAT], [variance, tiny]))]));
      const inputs = samples.split(x);
      const means = vectors.unstack(mean);
      // On GPUs the fused op wants 1/std where it wants the variance on CPUs.
      const spreads = vectors.unstack(tf.gpu ? root : variance);
      const partial: TensorId[] = [];
      const scaleGradients: TensorId[] = [];
      const offsetGradients: TensorId[] = [];
      for (const [index, gradient] of samples.split(dy).entries()) {
        const [input, centre, spread] = [at(inputs, index), at(means, index), at(spreads, index)];
        const [dx = -1, dScale = -1, dOffset = -1, ...rest] = norm.backward(gradient, input, gamma, centre, spread);
        partial.push(dx);
        scaleGradients.push(dScale);
        offsetGradients.push(dOffset);
        for (const id of [gradient, input, centre, spread, ...rest]) tf.free(id);
      }
      const dGammas = keep(vectors.stack(scaleGradients));
      const dBetas = keep(vectors.stack(offsetGradients));

      const excess = (perChannel: TensorId): TensorId => {
        const weighted = keep(tf.run('Mul', [FLOAT], [perChannel, gamma]));
        const surplus = keep(tf.run('Sub', [FLOAT], [weighted, keep(overGroups(weighted))]));
        return keep(tf.run('Mul', [FLOAT], [keep(tf.run('Mul', [FLOAT], [surplus, root])), perVoxel]));
      };
      // x̂ = (x − μ)·r, so that x̂·p + q = x·(p·r) + (q − μ·p·r).
      const slope = keep(tf.run('Mul', [FLOAT], [excess(dGammas), root]));
      const offset = keep(tf.run('Sub', [FLOAT], [excess(dBetas), keep(tf.run('Mul', [FLOAT], [mean, slope]))]));

      const ownMeans = samples.join(partial);
      const tilted = tf.run('Mul', [FLOAT], [keep(views.rows(x)), keep(views.vectors(slope))]);
      const joined = tf.run('AddV2', [FLOAT], [tilted, keep(views.rows(ownMeans))]);
      tf.free(tilted);
      tf.free(ownMeans);
      const dx = keep(tf.run('AddV2', [FLOAT], [joined, keep(views.vectors(offset))]));
      tf.free(joined);
      const total = (perSample: TensorId) => tf.run('Reshape', RESHAPE, [keep(sum(perSample)), vector]);
      return [views.whole(dx), total(dGammas), total(dBetas)];
    });
};

export const groupNorms = { groupNorm, groupNormGrad };

import { attr, type TensorId } from '../../native/binding.ts';
import { channels, groupMeans } from './channels.ts';
import { FLOAT } from './elementwise.ts';
import { at, type NativeKernel, type NodeSite, withTemporaries } from './kernel.ts';
import { fusedSamples, isFused, sampleNorm, samplesOf, vectorsOf } from './normalization.ts';
import { columnSums } from './reduction.ts';

const RESHAPE = [FLOAT, attr.dtype('Tshape', 'int32')];

const groupNorm: NativeKernel<'groupNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  if (!isInstanceNorm(site) || !isFused(shape, tf)) return fromMoments(site, tf);
  const normalise = fusedSamples(shape, site.attributes.epsilon, tf);
  return ([x = -1, gamma = -1, beta = -1]) => normalise(x, gamma, beta);
};

/** One channel a group: an instance norm with parameters. */
function isInstanceNorm({ inputs, attributes }: NodeSite<'groupNorm' | 'groupNormGrad'>): boolean {
  return attributes.groups === at(at(inputs, 0).shape, 4);
}

/**
 * y = x·a + b with a = γ·r and b = β − μ·a, where μ and r = 1/√(σ² + ε) belong to the sample's group; σ² = E[x²] − μ².
 * Saves μ and σ², spread to the channels.
 */
const fromMoments: NativeKernel<'groupNorm'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const { groups, epsilon } = site.attributes;
  const volume = channels(shape, tf);
  const overGroups = groupMeans(shape, groups, tf);
  const tiny = tf.scalar(epsilon);
  const zero = tf.scalar(0);
  const perVoxel = tf.scalar(1 / shape.slice(1, -1).reduce((product, size) => product * size, 1));
  return ([x = -1, gamma = -1, beta = -1]) =>
    withTemporaries(tf, (keep) => {
      const groupMean = (sums: TensorId) => overGroups(keep(tf.run('Mul', [FLOAT], [keep(sums), perVoxel])));
      const mean = groupMean(volume.sum(x));
      const secondMoment = keep(groupMean(volume.sumOfSquares(x)));
      const square = keep(tf.run('Square', [FLOAT], [mean]));
      // Rounding may leave less than nothing of a constant volume.
      const variance = tf.run('Maximum', [FLOAT], [keep(tf.run('Sub', [FLOAT], [secondMoment, square])), zero]);
      const root = keep(tf.run('Rsqrt', [FLOAT], [keep(tf.run('AddV2', [FLOAT], [variance, tiny]))]));
      const scale = keep(tf.run('Mul', [FLOAT], [root, gamma]));
      const offset = keep(tf.run('Sub', [FLOAT], [beta, keep(tf.run('Mul', [FLOAT], [mean, scale]))]));
      return [volume.scaleAndShift(x, scale, offset), mean, variance];
    });
};

/**
 * The fused gradient with the group's statistics gives exact dγ_c = Σ dy·x̂ and dβ_c = Σ dy, and
 * dx' = γ·r·(dy − dβ_c/S − x̂·dγ_c/S), which subtracts each channel's own means where the group's belong (S voxels). So
 * dx = dx' + x̂·p + q with p = r·(γ·dγ_c − mean_g(γ·dγ))/S and q the same of dβ.
 */
const groupNormGrad: NativeKernel<'groupNormGrad'> = (site, tf) => {
  const { shape } = at(site.inputs, 0);
  const { groups, epsilon } = site.attributes;
  const [batch, count] = [at(shape, 0), at(shape, shape.length - 1)];
  const samples = samplesOf(shape, tf);
  const vectors = vectorsOf(batch, count, tf);
  const norm = sampleNorm(epsilon, tf);
  const volume = channels(shape, tf);
  const overGroups = groupMeans(shape, groups, tf);
  const tiny = tf.scalar(epsilon);
  const perVoxel = tf.scalar(1 / shape.slice(1, -1).reduce((product, size) => product * size, 1));
  const sum = columnSums(batch, 1, tf);
  const vector = tf.ints([count]);
  const single = isInstanceNorm(site);
  const ownStatistics = single && isFused(shape, tf);

  return ([dy = -1, x = -1, gamma = -1, mean = -1, variance = -1]) =>
    withTemporaries(tf, (keep) => {
      const root = keep(tf.run('Rsqrt', [FLOAT], [keep(tf.run('AddV2', [FLOAT], [variance, tiny]))]));
      const inputs = samples.split(x);
      const means = vectors.unstack(mean);
      // On GPUs the fused op wants 1/std where it wants the variance on CPUs; its own forward op saved that.
      const spreads = vectors.unstack(tf.gpu && !ownStatistics ? root : variance);
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
      const total = (perSample: TensorId) => tf.run('Reshape', RESHAPE, [keep(sum(perSample)), vector]);
      // Its own means are the group's.
      if (single) return [samples.join(partial), total(dGammas), total(dBetas)];

      const excess = (perChannel: TensorId): TensorId => {
        const weighted = keep(tf.run('Mul', [FLOAT], [perChannel, gamma]));
        const surplus = keep(tf.run('Sub', [FLOAT], [weighted, keep(overGroups(weighted))]));
        return keep(tf.run('Mul', [FLOAT], [keep(tf.run('Mul', [FLOAT], [surplus, root])), perVoxel]));
      };
      // x̂ = (x − μ)·r, so that x̂·p + q = x·(p·r) + (q − μ·p·r).
      const slope = keep(tf.run('Mul', [FLOAT], [excess(dGammas), root]));
      const offset = keep(tf.run('Sub', [FLOAT], [excess(dBetas), keep(tf.run('Mul', [FLOAT], [mean, slope]))]));

      const ownMeans = samples.join(partial);
      const tilted = volume.scaleAndShift(x, slope, offset);
      const dx = tf.run('AddV2', [FLOAT], [tilted, ownMeans]);
      tf.free(tilted);
      tf.free(ownMeans);
      return [dx, total(dGammas), total(dBetas)];
    });
};

export const groupNorms = { groupNorm, groupNormGrad };

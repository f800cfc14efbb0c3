import type { PlanOptimizer } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';
import type { Optimizer } from './optimizer.ts';

type AdamW = Extract<PlanOptimizer, { kind: 'adamw' }>;

const CLIP_EPSILON = 1e-6; // torch.nn.utils.clip_grad_norm_

/**
 * AdamW with decoupled weight decay.
 *
 * @see torch.optim.AdamW
 * @see Loshchilov & Hutter, "Decoupled weight decay regularization", arXiv 1711.05101
 */
export const adamw: Optimizer<AdamW> = {
  stateVectors: 2,

  update(g, { beta1, beta2, epsilon, weightDecay, gradientClip }, weightCount) {
    const state = {
      weights: g.input('weights', [weightCount]),
      m: g.input('m', [weightCount]),
      v: g.input('v', [weightCount]),
    };
    const gradient = g.input('gradient', [weightCount]);
    const rates = {
      learningRate: g.input('learningRate', []),
      correction1: g.input('correction1', []),
      correction2: g.input('correction2', []),
    };
    const norm = g.sqrt(g.sum(g.square(gradient), [0]));
    const clipped = gradientClip === null ? gradient : clipByNorm(g, gradient, norm, gradientClip);
    const [weights, m, v] = g.adamw(state, clipped, rates, { beta1, beta2, epsilon, weightDecay });
    g.output('weights', weights);
    g.output('m', m);
    g.output('v', v);
    g.output('gradientNorm', norm);
  },
};

/** gradient · min(1, limit / (norm + ε)) */
function clipByNorm(g: GraphBuilder, gradient: Value, norm: Value, limit: number): Value {
  const factor = g.minimum(g.scalar(1), g.div(g.scalar(limit), g.add(norm, g.scalar(CLIP_EPSILON))));
  return g.mul(gradient, factor);
}

import type { PlanOptimizer } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';
import type { Optimizer } from './optimizer.ts';

type AdamW = Extract<PlanOptimizer, { kind: 'adamw' }>;
type Adam = Extract<PlanOptimizer, { kind: 'adam' }>;

/**
 * AdamW: weights shrink by learning rate times weight decay, apart from the gradient.
 *
 * @see torch.optim.AdamW
 * @see Loshchilov & Hutter, "Decoupled weight decay regularization", arXiv 1711.05101
 */
export const adamw: Optimizer<AdamW> = {
  state: ['exp_avg', 'exp_avg_sq'],
  scalars,
  update: (g, settings, weights, gradient) => adaptiveStep(g, settings, weights, gradient),
};

/**
 * Adam: weight decay is a penalty, whose gradient weightDecay · w joins the loss's.
 *
 * @see torch.optim.Adam
 * @see Kingma & Ba, "Adam", arXiv 1412.6980
 */
export const adam: Optimizer<Adam> = {
  state: ['exp_avg', 'exp_avg_sq'],
  scalars,
  update: (g, settings, weights, gradient) => {
    const { weightDecay } = settings;
    const penalised = weightDecay === 0 ? gradient : g.add(gradient, g.scale(weights, weightDecay));
    return adaptiveStep(g, { ...settings, weightDecay: 0 }, weights, penalised);
  },
};

/** correctionᵢ = 1 − betaᵢ ** step */
function scalars({ beta1, beta2 }: AdamW | Adam, learningRate: number, step: number) {
  return { learningRate, correction1: 1 - beta1 ** step, correction2: 1 - beta2 ** step };
}

function adaptiveStep(
  g: GraphBuilder,
  { beta1, beta2, epsilon, weightDecay }: Omit<AdamW, 'kind'>,
  weights: Value,
  gradient: Value,
): Value {
  const state = { weights, m: g.input('exp_avg', weights.shape), v: g.input('exp_avg_sq', weights.shape) };
  const rates = {
    learningRate: g.input('learningRate', []),
    correction1: g.input('correction1', []),
    correction2: g.input('correction2', []),
  };
  const [updated, m, v] = g.adamw(state, gradient, rates, { beta1, beta2, epsilon, weightDecay });
  g.output('exp_avg', m);
  g.output('exp_avg_sq', v);
  return updated;
}

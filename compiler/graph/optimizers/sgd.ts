import type { PlanOptimizer } from '../../plan/schema.ts';
import type { Optimizer } from './optimizer.ts';

type Sgd = Extract<PlanOptimizer, { kind: 'sgd' }>;

/**
 * Stochastic gradient descent with momentum, Nesterov's if told so; weight decay is a penalty, as in `adam`.
 *
 * @see torch.optim.SGD (dampening 0)
 * @see nnU-Net, whose settings are the defaults
 */
export const sgd: Optimizer<Sgd> = {
  state: ['momentum_buffer'],
  scalars: (_, learningRate) => ({ learningRate }),
  update: (g, { momentum, nesterov, weightDecay }, weights, gradient) => {
    const penalised = weightDecay === 0 ? gradient : g.add(gradient, g.scale(weights, weightDecay));
    const buffer = g.input('momentum_buffer', weights.shape);
    const [updated, next] = g.sgd(weights, buffer, penalised, g.input('learningRate', []), { momentum, nesterov });
    g.output('momentum_buffer', next);
    return updated;
  },
};

import type { PlanOptimizer } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';
import { adam, adamw } from './adam.ts';
import { averageDecay } from './average.ts';
import type { Optimizer, StateName } from './optimizer.ts';
import { sgd } from './sgd.ts';

type Kind = PlanOptimizer['kind'];
type OptimizerOf<K extends Kind> = Extract<PlanOptimizer, { kind: K }>;

/** One line an optimizer. */
const OPTIMIZERS: { readonly [K in Kind]: Optimizer<OptimizerOf<K>> } = {
  adamw,
  adam,
  sgd,
};

const CLIP_EPSILON = 1e-6; // torch.nn.utils.clip_grad_norm_

/**
 * Appends the update of a plan's optimizer on flat vectors [P]. Inputs are `weights`, `gradient`, those of `stateNames`
 * and of `updateScalars`; outputs the new `weights`, state, and `gradientNorm` [] before clipping. `weights` and state
 * are consumed.
 */
export function buildUpdate(g: GraphBuilder, optimizer: PlanOptimizer, weightCount: number): void {
  g.inScope('optimizer', () => {
    const weights = g.input('weights', [weightCount]);
    const gradient = g.input('gradient', [weightCount]);
    const norm = g.sqrt(g.sum(g.square(gradient), [0]));
    const { gradientClip } = optimizer;
    const clipped = gradientClip === null ? gradient : clipByNorm(g, gradient, norm, gradientClip);
    const updated = update(g, optimizer.kind, optimizer, weights, clipped);
    g.output('weights', updated);
    if (optimizer.ema !== null) {
      const average = g.input('average', [weightCount]);
      g.output('average', g.movingAverage(average, updated, g.input('averageDecay', [])));
    }
    g.output('gradientNorm', norm);
  });
}

/** The vectors that the update keeps beside the weights. */
export function stateNames(optimizer: PlanOptimizer): readonly (StateName | 'average')[] {
  const { state } = OPTIMIZERS[optimizer.kind];
  return optimizer.ema === null ? state : [...state, 'average'];
}

/**
 * The scalar inputs of the update.
 *
 * @param step counted from 1
 */
export function updateScalars(
  optimizer: PlanOptimizer,
  learningRate: number,
  step: number,
): Readonly<Record<string, number>> {
  const own = scalars(optimizer.kind, optimizer, learningRate, step);
  return optimizer.ema === null ? own : { ...own, averageDecay: averageDecay(optimizer.ema, step) };
}

function update<K extends Kind>(
  g: GraphBuilder,
  kind: K,
  optimizer: OptimizerOf<K>,
  weights: Value,
  gradient: Value,
): Value {
  return OPTIMIZERS[kind].update(g, optimizer, weights, gradient);
}

function scalars<K extends Kind>(kind: K, optimizer: OptimizerOf<K>, learningRate: number, step: number) {
  return OPTIMIZERS[kind].scalars(optimizer, learningRate, step);
}

/** gradient · min(1, limit / (norm + ε)) */
function clipByNorm(g: GraphBuilder, gradient: Value, norm: Value, limit: number): Value {
  const factor = g.minimum(g.scalar(1), g.div(g.scalar(limit), g.add(norm, g.scalar(CLIP_EPSILON))));
  return g.mul(gradient, factor);
}

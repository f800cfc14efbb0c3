import type { PlanOptimizer } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { adamw } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';

type Kind = PlanOptimizer['kind'];
type OptimizerOf<K extends Kind> = Extract<PlanOptimizer, { kind: K }>;

/** One line an optimizer. */
const OPTIMIZERS: { readonly [K in Kind]: Optimizer<OptimizerOf<K>> } = {
  adamw,
};

/** Appends the update of a plan's optimizer. */
export function buildUpdate(g: GraphBuilder, optimizer: PlanOptimizer, weightCount: number): void {
  g.inScope('optimizer', () => build(g, optimizer.kind, optimizer, weightCount));
}

/** Vectors of optimizer state beside the weights. */
export function stateVectors(optimizer: PlanOptimizer): number {
  return OPTIMIZERS[optimizer.kind].stateVectors;
}

function build<K extends Kind>(g: GraphBuilder, kind: K, optimizer: OptimizerOf<K>, weightCount: number): void {
  OPTIMIZERS[kind].update(g, optimizer, weightCount);
}

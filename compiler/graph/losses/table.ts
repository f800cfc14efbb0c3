import type { PlanLoss } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';
import { diceCrossEntropy } from './dice-cross-entropy.ts';
import type { Loss } from './loss.ts';

type Kind = PlanLoss['kind'];
type LossOf<K extends Kind> = Extract<PlanLoss, { kind: K }>;

/** One line a loss. */
const LOSSES: { readonly [K in Kind]: Loss<LossOf<K>> } = {
  dice_cross_entropy: diceCrossEntropy,
};

/**
 * Appends the loss of a plan.
 *
 * @param logits [N, D, H, W, K]
 * @param label int32 [N, D, H, W]
 * @returns scalar
 */
export function buildLoss(g: GraphBuilder, loss: PlanLoss, logits: Value, label: Value): Value {
  return g.inScope('loss', () => build(g, loss.kind, loss, logits, label));
}

function build<K extends Kind>(g: GraphBuilder, kind: K, loss: LossOf<K>, logits: Value, label: Value): Value {
  return LOSSES[kind](g, loss, logits, label);
}

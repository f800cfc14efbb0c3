import type { PlanLoss } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { NetworkOutputs } from '../networks/network.ts';
import type { Value } from '../types.ts';
import { atFullSize, levelWeight } from './deep-supervision.ts';
import { dice } from './dice.ts';
import { diceCrossEntropy } from './dice-cross-entropy.ts';
import { diceFocal } from './dice-focal.ts';
import { generalizedDice } from './generalized-dice.ts';
import type { Loss } from './loss.ts';
import { tversky } from './tversky.ts';

type Kind = PlanLoss['kind'];
type LossOf<K extends Kind> = Extract<PlanLoss, { kind: K }>;

/** One line a loss. */
const LOSSES: { readonly [K in Kind]: Loss<LossOf<K>> } = {
  dice,
  dice_cross_entropy: diceCrossEntropy,
  dice_focal: diceFocal,
  tversky,
  generalized_dice: generalizedDice,
};

/**
 * Appends the loss of a plan, with deep supervision the weighted sum over all levels.
 *
 * @param outputs logits [N, D, H, W, K], and those of deep supervision
 * @param label int32 [N, D, H, W]
 * @returns scalar
 */
export function buildLoss(g: GraphBuilder, loss: PlanLoss, [logits, ...heads]: NetworkOutputs, label: Value): Value {
  const levels = [logits, ...heads].map((level, index) =>
    g.inScope(index === 0 ? 'loss' : `loss.${index}`, () => {
      const value = build(g, loss.kind, loss, atFullSize(g, level, logits.shape), label);
      return g.scale(value, levelWeight(index));
    }),
  );
  return levels.reduce((sum, level) => g.add(sum, level));
}

function build<K extends Kind>(g: GraphBuilder, kind: K, loss: LossOf<K>, logits: Value, label: Value): Value {
  return LOSSES[kind](g, loss, logits, label);
}

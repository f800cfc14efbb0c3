import type { PlanLoss } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';
import type { Loss } from './loss.ts';
import { meanOverClasses, overlapOf } from './overlap.ts';
import { type Planes, planesOf } from './planes.ts';

type Dice = Extract<PlanLoss, { kind: 'dice' }>;

/**
 * @see MONAI monai.losses.DiceLoss(to_onehot_y=True, softmax=True)
 * @see Milletari et al., "V-Net", arXiv 1606.04797
 */
export const dice: Loss<Dice> = (g, settings, logits, label) => {
  const planes = planesOf(g, logits, label);
  return diceTerm(g, settings, planes, g.softmax(planes.logits));
};

/**
 * 1 − mean over n, k of (2·I + s) / (P + Y + s'), or with jaccard of (2·I + s) / (2·(P + Y − I) + s').
 *
 * @param probabilities as planes
 */
export function diceTerm(g: GraphBuilder, settings: Omit<Dice, 'kind'>, planes: Planes, probabilities: Value): Value {
  const { intersection, predicted, truth } = overlapOf(g, planes, probabilities, settings);
  const both = g.add(predicted, truth);
  const union = settings.jaccard ? g.scale(g.sub(both, intersection), 2) : both;
  const score = g.div(
    g.add(g.scale(intersection, 2), g.scalar(settings.smoothNr)),
    g.add(union, g.scalar(settings.smoothDr)),
  );
  return g.sub(g.scalar(1), meanOverClasses(g, score, settings.includeBackground));
}

import type { PlanLoss } from '../../plan/schema.ts';
import type { Loss } from './loss.ts';
import { meanOverClasses, overlapOf } from './overlap.ts';
import { planesOf } from './planes.ts';

type Tversky = Extract<PlanLoss, { kind: 'tversky' }>;

/**
 * 1 − mean over n, k of (I + s) / (I + α·(P − I) + β·(Y − I) + s'): α weighs false positives, β false negatives.
 *
 * @see MONAI monai.losses.TverskyLoss(to_onehot_y=True, softmax=True)
 * @see Salehi et al., "Tversky loss function", arXiv 1706.05721
 */
export const tversky: Loss<Tversky> = (g, settings, logits, label) => {
  const { alpha, beta, batch, smoothNr, smoothDr, includeBackground } = settings;
  const planes = planesOf(g, logits, label);
  const overlap = overlapOf(g, planes, g.softmax(planes.logits), { squaredPred: false, batch });
  const { intersection, predicted, truth } = overlap;
  const falsePositives = g.scale(g.sub(predicted, intersection), alpha);
  const falseNegatives = g.scale(g.sub(truth, intersection), beta);
  const all = g.add(intersection, g.add(falsePositives, falseNegatives));
  const score = g.div(g.add(intersection, g.scalar(smoothNr)), g.add(all, g.scalar(smoothDr)));
  return g.sub(g.scalar(1), meanOverClasses(g, score, includeBackground));
};

import type { PlanLoss } from '../../plan/schema.ts';
import { elementCount } from '../shapes.ts';
import { diceTerm } from './dice.ts';
import type { Loss } from './loss.ts';
import { diagonal, planesOf, sumOfProducts } from './planes.ts';

type DiceCrossEntropy = Extract<PlanLoss, { kind: 'dice_cross_entropy' }>;

/**
 * w_d · Dice + w_c · mean over voxels of −log p[label]. Cross-entropy takes all classes, Dice leaves the background out if
 * so told. yᵀ·log p has the cross-entropy on its diagonal.
 *
 * @see MONAI monai.losses.DiceCELoss(to_onehot_y=True, softmax=True)
 */
export const diceCrossEntropy: Loss<DiceCrossEntropy> = (g, settings, logits, label) => {
  const planes = planesOf(g, logits, label);
  const logProbabilities = g.logSoftmax(planes.logits);
  const probabilities = g.exp(logProbabilities);
  const dice = g.scoped('dice', () => diceTerm(g, settings, planes, probabilities));
  const crossEntropy = g.scoped('cross_entropy', () => {
    const likelihood = g.sum(diagonal(g, sumOfProducts(g, planes, planes.target, logProbabilities)), [0, 1]);
    return g.scale(likelihood, -1 / elementCount(label.shape));
  });
  return g.add(g.scale(dice, settings.diceWeight), g.scale(crossEntropy, settings.crossEntropyWeight));
};

import type { PlanLoss } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { elementCount } from '../shapes.ts';
import type { Value } from '../types.ts';
import { diceTerm } from './dice.ts';
import type { Loss } from './loss.ts';
import { type Planes, planesOf } from './planes.ts';

type DiceFocal = Extract<PlanLoss, { kind: 'dice_focal' }>;

/**
 * w_d · Dice over softmax probabilities + w_f · focal loss over the sigmoid of each class's logit.
 *
 * @see MONAI monai.losses.DiceFocalLoss(to_onehot_y=True, softmax=True)
 * @see Lin et al., "Focal loss for dense object detection", arXiv 1708.02002
 */
export const diceFocal: Loss<DiceFocal> = (g, settings, logits, label) => {
  const planes = planesOf(g, logits, label);
  const dice = g.scoped('dice', () => diceTerm(g, settings, planes, g.softmax(planes.logits)));
  const focal = g.scoped('focal', () => focalTerm(g, settings, planes));
  return g.add(g.scale(dice, settings.diceWeight), g.scale(focal, settings.focalWeight));
};

/**
 * Mean over voxels and classes of (1 − p)^γ · −log p, p being the probability of the truth. With z = ±logit, positive where
 * the class is the label's, −log p = softplus(−z) = softplus(z) − z and log(1 − p) = −softplus(z).
 */
function focalTerm(g: GraphBuilder, { gamma, includeBackground }: DiceFocal, planes: Planes): Value {
  const foreground = (x: Value) => {
    const [rows = 1, voxels = 1, classes = 1] = x.shape;
    return includeBackground ? x : g.slice(x, [0, 0, 1], [rows, voxels, classes - 1]);
  };
  const signs = g.sub(g.scale(planes.target, 2), g.scalar(1));
  const z = g.mul(foreground(planes.logits), foreground(signs));
  const softplus = g.softplus(z);
  const loss = g.mul(g.exp(g.scale(softplus, -gamma)), g.sub(softplus, z));
  // Row by row first: single precision.
  return g.scale(g.sum(g.sum(loss, [1]), [0, 1]), 1 / elementCount(loss.shape));
}

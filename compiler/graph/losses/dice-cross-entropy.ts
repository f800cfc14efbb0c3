import type { PlanLoss } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import { GraphError } from '../errors.ts';
import { elementCount } from '../shapes.ts';
import type { Value } from '../types.ts';
import type { Loss } from './loss.ts';

type DiceCrossEntropy = Extract<PlanLoss, { kind: 'dice_cross_entropy' }>;

const DICE_SMOOTH = 1e-5; // MONAI DiceLoss smooth_nr, smooth_dr

/**
 * w_d · mean over n, k of (1 − (2·I + s) / (P + Y + s)) + w_c · mean over voxels of −log p[label]
 *
 * with I = Σ p·y, P = Σ p, Y = Σ y over the voxels of one sample and class. Cross-entropy takes all classes, Dice leaves
 * the background out if so told.
 *
 * Both need sums over all voxels of products with the one-hot label y, which are entries of two small matrix products:
 * yᵀ·p has I on its diagonal, Y as row sums (Σ_k p = 1) and P as column sums (Σ_k y = 1), and yᵀ·log p has the
 * cross-entropy on its diagonal. So the full-resolution tensors are passed over as seldom as can be. The products run
 * plane by plane and the planes are added afterwards, which keeps single precision precise.
 *
 * @see MONAI monai.losses.DiceCELoss(to_onehot_y=True, softmax=True, batch=False)
 */
export const diceCrossEntropy: Loss<DiceCrossEntropy> = (g, loss, logits, label) => {
  const [batch = 1, depth = 1, height = 1, width = 1, classes = 1] = logits.shape;
  if (classes < 2) throw new GraphError('dice_cross_entropy needs two classes or more, background included');
  const planes = [batch * depth, height * width, classes];
  const target = g.reshape(g.oneHot(label, classes), planes);
  const logProbabilities = g.logSoftmax(g.reshape(logits, planes));
  const probabilities = g.exp(logProbabilities);
  const identity = g.constant(identityMatrix(classes), [classes, classes]);

  /** Σ over the voxels of each sample of yᵀ·x: [N, K, K] */
  function confusion(x: Value): Value {
    const byPlane = g.matMul(target, x, { transposeA: true });
    return g.sum(g.reshape(byPlane, [batch, depth, classes, classes]), [1]);
  }

  function diceTerm(): Value {
    const matrix = confusion(probabilities);
    const intersection = g.sum(g.mul(matrix, identity), [2]);
    const cardinality = g.add(g.sum(matrix, [1]), g.sum(matrix, [2]));
    const smooth = g.scalar(DICE_SMOOTH);
    const dice = g.div(g.add(g.scale(intersection, 2), smooth), g.add(cardinality, smooth));
    return g.sub(g.scalar(1), g.sum(g.mul(dice, classShares(g, batch, classes, loss.includeBackground)), [0, 1]));
  }

  function crossEntropyTerm(): Value {
    const likelihood = g.sum(g.mul(confusion(logProbabilities), identity), [0, 1, 2]);
    return g.scale(likelihood, -1 / elementCount(label.shape));
  }

  return g.add(
    g.scale(g.scoped('dice', diceTerm), loss.diceWeight),
    g.scale(g.scoped('cross_entropy', crossEntropyTerm), loss.crossEntropyWeight),
  );
};

/** [K]: each class's share of the mean over samples and classes. */
function classShares(g: GraphBuilder, batch: number, classes: number, includeBackground: boolean): Value {
  const counted = includeBackground ? classes : classes - 1;
  const shares = new Float32Array(classes).fill(1 / (batch * counted));
  if (!includeBackground) shares[0] = 0;
  return g.constant(shares, [classes]);
}

function identityMatrix(size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0));
}

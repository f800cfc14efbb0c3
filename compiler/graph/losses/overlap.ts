import type { GraphBuilder } from '../builder.ts';
import { sizeAt } from '../shapes.ts';
import type { Value } from '../types.ts';
import { diagonal, type Planes, sumOfProducts } from './planes.ts';

/**
 * What overlap losses count, by sample and class, [N, K]: I = Σ p·y, P = Σ p (or Σ p²) and Y = Σ y over the voxels. Over
 * the batch as a whole, N is 1.
 */
export interface Overlap {
  readonly intersection: Value;
  readonly predicted: Value;
  readonly truth: Value;
}

interface OverlapSettings {
  /** Whether P sums squares. */
  readonly squaredPred: boolean;
  /** Whether the samples of a batch count as one volume. */
  readonly batch: boolean;
}

/**
 * All from one small matrix: yᵀ·p has I on its diagonal, Y as row sums (Σ_k p = 1) and P as column sums (Σ_k y = 1), so
 * that the full-resolution tensors are passed over as seldom as can be.
 *
 * @param probabilities as planes
 * @see MONAI monai.losses.utils.compute_tp_fp_fn
 */
export function overlapOf(g: GraphBuilder, planes: Planes, probabilities: Value, settings: OverlapSettings): Overlap {
  const whole = (matrices: Value) => (settings.batch ? g.sum(matrices, [0], true) : matrices);
  const matrix = whole(sumOfProducts(g, planes, planes.target, probabilities));
  return {
    intersection: diagonal(g, matrix),
    predicted: settings.squaredPred
      ? diagonal(g, whole(sumOfProducts(g, planes, probabilities, probabilities)))
      : g.sum(matrix, [1]),
    truth: g.sum(matrix, [2]),
  };
}

/** Mean over samples and classes of [N, K], with or without the background: a scalar. */
export function meanOverClasses(g: GraphBuilder, values: Value, includeBackground: boolean): Value {
  const [batch, classes] = [sizeAt(values.shape, 0), sizeAt(values.shape, 1)];
  const counted = includeBackground ? classes : classes - 1;
  const shares = new Float32Array(classes).fill(1 / (batch * counted));
  if (!includeBackground) shares[0] = 0;
  return g.sum(g.mul(values, g.constant(shares, [classes])), [0, 1]);
}

import type { GraphBuilder } from '../builder.ts';
import { GraphError } from '../errors.ts';
import type { Value } from '../types.ts';

/**
 * Logits and one-hot labels plane by plane, [N·D, H·W, K]: sums over voxels run within planes first and the planes are
 * added afterwards, which keeps single precision precise.
 */
export interface Planes {
  readonly batch: number;
  readonly depth: number;
  readonly classes: number;
  readonly logits: Value;
  readonly target: Value;
}

/**
 * @param logits [N, D, H, W, K]
 * @param label int32 [N, D, H, W]
 */
export function planesOf(g: GraphBuilder, logits: Value, label: Value): Planes {
  const [batch = 1, depth = 1, height = 1, width = 1, classes = 1] = logits.shape;
  if (classes < 2) throw new GraphError('a loss needs two classes or more, background included');
  const shape = [batch * depth, height * width, classes];
  return {
    batch,
    depth,
    classes,
    logits: g.reshape(logits, shape),
    target: g.reshape(g.oneHot(label, classes), shape),
  };
}

/** Σ over the voxels of each sample of aᵀ·b: [N, K, K]. A matrix product passes over both tensors once. */
export function sumOfProducts(g: GraphBuilder, { batch, depth, classes }: Planes, a: Value, b: Value): Value {
  const byPlane = g.matMul(a, b, { transposeA: true });
  return g.sum(g.reshape(byPlane, [batch, depth, classes, classes]), [1]);
}

/** [N, K, K] → [N, K] */
export function diagonal(g: GraphBuilder, matrices: Value): Value {
  const size = matrices.shape[2] ?? 1;
  const identity = Float32Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0));
  return g.sum(g.mul(matrices, g.constant(identity, [size, size])), [2]);
}

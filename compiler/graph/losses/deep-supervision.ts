import type { GraphBuilder } from '../builder.ts';
import { sizeAt } from '../shapes.ts';
import type { Shape, Value } from '../types.ts';

/**
 * The weight of each level's loss: 1, ½, ¼ and so on, at least 1/16. The sum is not normalised.
 *
 * @param level 0 for the logits, then the heads, finer first
 * @see MONAI monai.losses.DeepSupervisionLoss (weight_mode exp)
 */
export function levelWeight(level: number): number {
  return Math.max(0.5 ** level, 0.0625);
}

/**
 * A head's logits at full size, each voxel repeated, as MONAI's DynUNet does in training.
 *
 * @param head [N, D/f, H/f, W/f, K]
 * @param target [N, D, H, W, K]
 */
export function atFullSize(g: GraphBuilder, head: Value, target: Shape): Value {
  return [1, 2, 3].reduce((x, axis) => repeat(g, x, axis, sizeAt(target, axis) / sizeAt(x.shape, axis)), head);
}

function repeat(g: GraphBuilder, x: Value, axis: number, times: number): Value {
  if (times === 1) return x;
  const rows = x.shape.slice(0, axis + 1).reduce((product, size) => product * size, 1);
  const single = g.reshape(x, [rows, 1, -1]);
  const repeated = g.broadcastTo(single, [rows, times, sizeAt(single.shape, 2)]);
  return g.reshape(repeated, x.shape.with(axis, sizeAt(x.shape, axis) * times));
}

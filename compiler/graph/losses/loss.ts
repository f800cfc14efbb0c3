import type { PlanLoss } from '../../plan/schema.ts';
import type { GraphBuilder } from '../builder.ts';
import type { Value } from '../types.ts';

/**
 * Appends a loss.
 *
 * @param logits [N, D, H, W, K]
 * @param label int32 [N, D, H, W], classes 0 … K − 1
 * @returns scalar
 */
export type Loss<L extends PlanLoss> = (g: GraphBuilder, loss: L, logits: Value, label: Value) => Value;

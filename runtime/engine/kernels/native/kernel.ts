import type { OpName, Shape } from '../../../../compiler/graph/types.ts';
import { EngineError } from '../../../errors.ts';
import type { NodeSite, Step } from '../../backend.ts';
import type { TensorId } from '../../native/binding.ts';
import type { TensorFlowOps } from '../../native/operations.ts';

export type { NodeSite } from '../../backend.ts';

export type NativeStep = Step<TensorId>;

/** Prepares a node, once for each schedule: attributes, shape vectors and the choice of algorithm belong here. */
export type NativeKernel<O extends OpName> = (site: NodeSite<O>, tf: TensorFlowOps) => NativeStep;

/** The n-th of a list that is known to be long enough. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new EngineError(`A kernel looked for item ${index} of ${items.length}.`);
  return item;
}

/** How many vectors of the last axis a tensor holds. */
export function rowsOf(shape: Shape): number {
  return shape.slice(0, -1).reduce((product, size) => product * size, 1);
}

/**
 * Runs `body`, which may call `keep` on every temporary it makes, and frees the temporaries when it is done. (After a throw
 * the executor frees them.)
 */
export function withTemporaries<R>(tf: TensorFlowOps, body: (keep: (id: TensorId) => TensorId) => R): R {
  const temporaries: TensorId[] = [];
  const result = body((id) => {
    temporaries.push(id);
    return id;
  });
  for (const id of temporaries) tf.free(id);
  return result;
}

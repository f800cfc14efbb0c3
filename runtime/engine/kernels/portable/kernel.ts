import type { OpName, Shape } from '../../../../compiler/graph/types.ts';
import { EngineError } from '../../../errors.ts';
import type { NodeSite, Step } from '../../backend.ts';
import type { Tensor, TensorLibrary } from '../../portable/tfjs.ts';

export type { NodeSite } from '../../backend.ts';
export type { Tensor, TensorLibrary } from '../../portable/tfjs.ts';

export type PortableStep = Step<Tensor>;

/** Prepares a node. Its step runs in a `tidy`, so it need not dispose temporaries; it must not return an input. */
export type PortableKernel<O extends OpName> = (site: NodeSite<O>, tf: TensorLibrary) => PortableStep;

/** The n-th of a list that is known to be long enough. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new EngineError(`A kernel looked for item ${index} of ${items.length}.`);
  return item;
}

export function shapeOf(shape: Shape): number[] {
  return [...shape];
}

/** A step of one input. */
export function unary(body: (x: Tensor) => Tensor): PortableStep {
  return (inputs) => [body(at(inputs, 0))];
}

/** A step of two inputs. */
export function binary(body: (a: Tensor, b: Tensor) => Tensor): PortableStep {
  return (inputs) => [body(at(inputs, 0), at(inputs, 1))];
}

import type { ConstantData, DType, OpAttributes, OpName, Shape, Value } from './types.ts';

/** What it takes to append nodes to a graph: the narrow face of the builder that operations and gradient rules see. */
export interface Emitter {
  /** Appends a node; shapes of the outputs follow from the op's shape rule. */
  emit<O extends OpName>(op: O, attributes: OpAttributes[O], inputs: readonly Value[]): readonly Value[];
  /** A leaf with contents; equal contents share one leaf. */
  constant(data: ConstantData, shape: Shape): Value;
  /** A large leaf whose contents follow from `key`: equal keys share one leaf, and `make` runs when they are needed. */
  computedConstant(key: string, dtype: DType, shape: Shape, make: () => ConstantData): Value;
  /** The input of the reshape that made this value, if one did: a chain of reshapes is one reshape. */
  reshapeSource(value: Value): Value | null;
}

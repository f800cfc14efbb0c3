import type { ConstantData, DType, OpAttributes, OpName, Shape, Value } from './types.ts';

/** What it takes to append nodes to a graph: the narrow face of the builder that operations and gradient rules see. */
export interface Emitter {
  /** Appends a node; shapes of the outputs follow from the op's shape rule. */
  emit<O extends OpName>(op: O, attributes: OpAttributes[O], inputs: readonly Value[]): readonly Value[];
  /** A leaf with contents; equal contents share one leaf. */
  constant(data: ConstantData, shape: Shape): Value;
  /** A large leaf whose contents follow from `key`: equal keys share one leaf, and `make` runs when they are needed. */
  computedConstant(key: string, dtype: DType, shape: Shape, make: () => ConstantData): Value;
  /** The op that made a value, with its first input: for simplifications. Null for leaves, and for what must not be looked into. */
  maker(value: Value): Maker | null;
}

export type Maker = {
  [O in OpName]: { readonly op: O; readonly attributes: OpAttributes[O]; readonly input: Value };
}[OpName];

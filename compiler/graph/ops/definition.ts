import { GraphError } from '../errors.ts';
import type { Operations } from '../operations.ts';
import { byteCount, elementCount, formatShape } from '../shapes.ts';
import type { OpAttributes, OpName, Shape, TensorType, Value } from '../types.ts';

/** Everything the compiler knows of one op. */
export interface OpDefinition<O extends OpName> {
  readonly inputs: number | 'any';
  /**
   * Types of the outputs.
   *
   * @throws {GraphError} when the inputs do not fit the op
   */
  readonly shape: (attributes: OpAttributes[O], inputs: Types) => readonly TensorType[];
  /** Floating-point operations; a multiply-add counts two. */
  readonly flops: (attributes: OpAttributes[O], inputs: Types, outputs: Types) => number;
  /** Bytes read and written when nothing stays in cache. */
  readonly bytes: (inputs: Types, outputs: Types) => number;
  /** One gradient per input, null where there is none; null for ops that have no gradient. */
  readonly gradient: ((context: GradientContext<O>) => readonly (Value | null)[]) | null;
}

export interface GradientContext<O extends OpName> {
  readonly g: Operations;
  readonly attributes: OpAttributes[O];
  readonly inputs: readonly Value[];
  readonly input: (index: number) => Value;
  readonly output: (index: number) => Value;
  /** The gradient of the first output. */
  readonly dy: Value;
  /** The gradient of any output; zeros where nothing depends on it. */
  readonly dyAt: (index: number) => Value;
}

/** Input or output types of a node, read by position. */
export class Types {
  readonly #types: readonly TensorType[];

  constructor(types: readonly TensorType[]) {
    this.#types = types;
  }

  get all(): readonly TensorType[] {
    return this.#types;
  }

  at(index: number): TensorType {
    const type = this.#types[index];
    if (type === undefined) throw new GraphError(`no tensor at position ${index}`);
    return type;
  }

  shape(index: number): Shape {
    return this.at(index).shape;
  }

  elements(index: number): number {
    return elementCount(this.shape(index));
  }
}

export function float32(shape: Shape): TensorType {
  return { shape, dtype: 'float32' };
}

export function int32(shape: Shape): TensorType {
  return { shape, dtype: 'int32' };
}

export function readAndWriteAll(inputs: Types, outputs: Types): number {
  let total = 0;
  for (const types of [inputs, outputs]) for (const type of types.all) total += byteCount(type);
  return total;
}

/** @throws {GraphError} unless the condition holds */
export function require(condition: boolean, message: string): asserts condition {
  if (!condition) throw new GraphError(message);
}

/** @throws {GraphError} unless the shape has this many axes */
export function requireRank(name: string, shape: Shape, rank: number): void {
  if (shape.length !== rank) throw new GraphError(`${name} needs ${rank} axes, not ${formatShape(shape)}`);
}

/** `count` operations for each element of the first output. */
export function perOutputElement(count: number) {
  return (_attributes: unknown, _inputs: Types, outputs: Types): number => count * outputs.elements(0);
}

export function noFlops(): number {
  return 0;
}

import type { ValueId, WeightSpec } from '../../../../compiler/graph/types.ts';
import { type Exportable, known, type Operand } from '../exportable.ts';
import { FreshNames, neededNodes } from '../naming.ts';

/** Collects the nodes and weights of a TensorFlow graph as tfjs reads it: GraphDef in protobuf's JSON. */

export type TfAttribute =
  | { readonly type: 'DT_FLOAT' | 'DT_INT32' }
  | { readonly b: boolean }
  | { readonly i: string }
  | { readonly f: number }
  | { readonly s: string }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly shape: { readonly dim: readonly { readonly size: string }[] } };

export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, TfAttribute>>;
}

export interface TfWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export const FLOAT: TfAttribute = { type: 'DT_FLOAT' };
export const INT32: TfAttribute = { type: 'DT_INT32' };

export function tfInts(values: readonly number[]): TfAttribute {
  return { list: { i: values.map(String) } };
}

export function tfText(value: string): TfAttribute {
  return { s: Buffer.from(value, 'latin1').toString('base64') };
}

export class TfWriter {
  readonly #graph: Exportable;
  readonly #elements: (spec: WeightSpec) => Float32Array;
  readonly #nodes: TfNode[] = [];
  readonly #weights = new Map<string, TfWeight>();
  readonly #values = new Map<ValueId, string>();
  readonly #names = new FreshNames();
  #scope = '';
  #batch: string | null = null;

  /** @param elements a weight's elements in the graph's layout */
  constructor(graph: Exportable, elements: (spec: WeightSpec) => Float32Array) {
    this.#graph = graph;
    this.#elements = elements;
    for (const { value, data } of graph.constants) {
      const shape = graph.dimensions(value).map(({ size }) => size);
      this.#values.set(value, this.constant(`constant_${value}`, shape, data()));
    }
    for (const [value, spec] of graph.weights) {
      this.#values.set(value, this.constant(spec.name, spec.shape, this.#elements(spec)));
    }
  }

  enter(scope: string): void {
    this.#scope = scope;
  }

  /** Appends a node, and returns its name, which is that of its first output; the others are `name:1`, `name:2`. */
  node(op: string, input: readonly string[], attr: TfNode['attr'] = {}): string {
    const name = this.#names.next(`${this.#scope === '' ? '' : `${this.#scope.replaceAll('.', '/')}/`}${op}`);
    return this.named(name, op, input, attr);
  }

  named(name: string, op: string, input: readonly string[], attr: TfNode['attr']): string {
    this.#nodes.push({ name, op, input, attr });
    return name;
  }

  constant(name: string, shape: readonly number[], data: TfWeight['data']): string {
    if (this.#weights.has(name)) return name;
    this.#weights.set(name, { name, shape, data });
    return this.named(name, 'Const', [], { dtype: data instanceof Float32Array ? FLOAT : INT32 });
  }

  ints(values: readonly number[]): string {
    return this.constant(`ints_${values.join('_').replaceAll('-', 'm')}`, [values.length], Int32Array.from(values));
  }

  int(value: number): string {
    return this.constant(`int_${value}`.replace('-', 'm'), [], Int32Array.of(value));
  }

  scalar(value: number): string {
    return this.constant(`scalar_${value}`.replaceAll('-', 'm').replaceAll('+', 'p'), [], Float32Array.of(value));
  }

  value({ id }: Operand): string {
    return known(this.#values.get(id), `value ${id}`);
  }

  define({ id }: Operand, name: string): void {
    this.#values.set(id, name);
  }

  reshape(x: string, shape: readonly number[]): string {
    return this.node('Reshape', [x, this.ints(shape)], { T: FLOAT, Tshape: INT32 });
  }

  transpose(x: string, permutation: readonly number[]): string {
    return this.node('Transpose', [x, this.ints(permutation)], { T: FLOAT, Tperm: INT32 });
  }

  /** A shape as a tensor, with the sizes that grow with the batch from the image at hand. */
  shape({ dimensions }: Operand): string {
    const batched = dimensions.findIndex((dimension) => dimension.batched);
    if (batched === -1) return this.ints(dimensions.map(({ size }) => size));
    const sizes = dimensions.map(({ size }) => size);
    const grown = this.node('Mul', [this.#batchSize(), this.ints([sizes[batched] ?? 1])], { T: INT32 });
    const parts = [sizes.slice(0, batched), sizes.slice(batched + 1)].map((part) =>
      part.length === 0 ? [] : [this.ints(part)],
    );
    const [before = [], after = []] = parts;
    const joined = [...before, grown, ...after];
    return this.node('ConcatV2', [...joined, this.int(0)], { N: { i: `${joined.length}` }, T: INT32, Tidx: INT32 });
  }

  /** The first entry of the image's shape, as a vector of one. */
  #batchSize(): string {
    if (this.#batch !== null) return this.#batch;
    const image = known(this.#values.get(this.#graph.image), 'the image');
    const shape = this.node('Shape', [image], { T: FLOAT, out_type: INT32 });
    this.#batch = this.node('Slice', [shape, this.ints([0]), this.ints([1])], { T: INT32, Index: INT32 });
    return this.#batch;
  }

  /** What the outputs need. */
  finish(outputs: readonly string[]): { readonly nodes: readonly TfNode[]; readonly weights: readonly TfWeight[] } {
    const describe = ({ name, input }: TfNode) => ({
      makes: [name],
      reads: input.map((source) => source.replace(/:\d+$/, '')),
    });
    const { nodes, needed } = neededNodes(this.#nodes, outputs, describe);
    return { nodes, weights: [...this.#weights.values()].filter(({ name }) => needed.has(name)) };
  }
}

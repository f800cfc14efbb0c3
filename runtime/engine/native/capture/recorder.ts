import type { DType, Shape } from '../../../../compiler/graph/types.ts';
import { EngineError } from '../../../errors.ts';
import { once } from '../../../once.ts';
import { attr, type OpAttribute, type TensorId } from '../binding.ts';
import type { TensorFlowOps } from '../operations.ts';
import type { NodeDefinition } from './graph-def.ts';

/** Constants of more elements are fed with each run instead of being written into the graph. */
const LARGEST_WRITTEN = 1024;

interface Group {
  /** For the names of nodes, so that TensorFlow's messages say where. */
  readonly scope: string;
  /** What has to be done before any op of the group begins. */
  readonly after: string | null;
  readonly tensors: Set<TensorId>;
}

/** Takes down the ops that kernels ask for as nodes of a TensorFlow graph. A tensor is the number of an output's name. */
export class GraphRecorder implements TensorFlowOps {
  readonly gpu: boolean;
  readonly avx512: boolean;
  readonly oneDnn: boolean;
  readonly nodes: NodeDefinition[] = [];
  /** Tensors of the session by the name of the placeholder that they are fed to. */
  readonly feeds = new Map<string, TensorId>();
  readonly #session: TensorFlowOps;
  readonly #names: string[] = [];
  readonly #constants = new Map<string, TensorId>();
  #group: Group = { scope: '', after: null, tensors: new Set() };

  /** @param session where large constants live */
  constructor(session: TensorFlowOps) {
    this.#session = session;
    this.gpu = session.gpu;
    this.avx512 = session.avx512;
    this.oneDnn = session.oneDnn;
  }

  /**
   * Takes the ops of `body` down as one group.
   *
   * @param after the node that has to be done before the group begins
   * @returns the last node of the group; null where it has none
   */
  group(scope: string, after: string | null, body: () => void): string | null {
    const count = this.nodes.length;
    this.#group = { scope: scope.replace(/[^\w.]+/g, '_'), after, tensors: new Set() };
    body();
    return this.nodes.length > count ? (this.nodes.at(-1)?.name ?? null) : null;
  }

  run(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[]): TensorId {
    const [output] = this.runMany(name, attributes, inputs, 1);
    if (output === undefined) throw new EngineError(`${name} has no output.`);
    return output;
  }

  run0(name: string): void {
    throw new EngineError(`${name} has no output, and a graph runs for its outputs alone.`);
  }

  runMany(op: string, attributes: readonly OpAttribute[], inputs: readonly TensorId[], count: number): TensorId[] {
    const { after, tensors } = this.#group;
    const operands = inputs.map((id) => this.nameOf(id));
    if (after !== null && !inputs.some((id) => tensors.has(id))) operands.push(`^${after}`);
    const name = this.#add(op, operands, attributes);
    return Array.from({ length: count }, (_, index) => {
      const output = this.#name(`${name}:${index}`);
      tensors.add(output);
      return output;
    });
  }

  /** The graph knows by itself when a tensor is of no more use. */
  free(): void {}

  placeholder(dtype: DType, shape: Shape): TensorId {
    return this.#name(`${this.#add('Placeholder', [], [attr.dtype('dtype', dtype), attr.shape('shape', shape)])}:0`);
  }

  /** A tensor of the session. */
  feed(id: TensorId, dtype: DType, shape: Shape): TensorId {
    const placeholder = this.placeholder(dtype, shape);
    this.feeds.set(this.nameOf(placeholder), id);
    return placeholder;
  }

  ints(values: readonly number[], shape: Shape = [values.length]): TensorId {
    return once(this.#constants, `i${shape.join()}:${values.join()}`, () =>
      this.#constant(Int32Array.from(values), shape),
    );
  }

  floats(values: readonly number[], shape: Shape = [values.length]): TensorId {
    return once(this.#constants, `f${shape.join()}:${values.join()}`, () =>
      this.#constant(Float32Array.from(values), shape),
    );
  }

  scalar(value: number): TensorId {
    return this.floats([value], []);
  }

  filled(value: number, shape: Shape): TensorId {
    const elements = shape.reduce((product, size) => product * size, 1);
    return once(this.#constants, `c${shape.join()}:${value}`, () =>
      elements > LARGEST_WRITTEN
        ? this.feed(this.#session.filled(value, shape), 'float32', shape)
        : this.#constant(new Float32Array(elements).fill(value), shape),
    );
  }

  nameOf(id: TensorId): string {
    const name = this.#names[id];
    if (name === undefined) throw new EngineError(`Tensor ${id} is none of the recorded ones.`);
    return name;
  }

  #constant(value: Float32Array | Int32Array, shape: Shape): TensorId {
    const dtype = attr.dtype('dtype', value instanceof Float32Array ? 'float32' : 'int32');
    return this.#name(`${this.#add('Const', [], [dtype], { value, shape })}:0`);
  }

  /** @returns the node's name */
  #add(
    op: string,
    inputs: readonly string[],
    attributes: readonly OpAttribute[],
    constant: NodeDefinition['constant'] = null,
  ): string {
    const name = `n${this.nodes.length}.${this.#group.scope}.${op}`;
    this.nodes.push({ name, op, inputs, attributes, constant });
    return name;
  }

  #name(name: string): TensorId {
    return this.#names.push(name) - 1;
  }
}

import { create } from '@bufbuild/protobuf';
import type { ValueId, WeightSpec } from '../../../../compiler/graph/types.ts';
import { assertNever } from '../../../../dsl/assert-never.ts';
import { EngineError } from '../../../errors.ts';
import { type Dimension, type Exportable, known, type Operand } from '../exportable.ts';
import { FreshNames, neededNodes } from '../naming.ts';
import { type AttributeProto, type NodeProto, NodeProtoSchema, type TensorProto } from './onnx-pb.ts';
import { int, ints, type TensorData, tensor } from './proto.ts';

/**
 * Collects ONNX nodes and initializers. Our graph has channels last, ONNX's convolutions and norms have them first, so a
 * value may exist in two forms: plain, as the graph has it, and with channels first, as NCDHW. A form that is missing is
 * made by a transpose when something asks for it; ops to which the order does not matter stay in the form that is there.
 *
 * A matrix of voxels, [N·D·H·W, C], has a form with channels first too, that of the volume whose rows it holds: so a 1×1×1
 * convolution, a matrix product here, is a convolution there.
 */

type Attributes = Readonly<Record<string, (name: string) => AttributeProto>>;

/** A volume with channels first: its name, and its dimensions as the graph has them, [N, D, H, W, C]. */
export interface ChannelsFirst {
  readonly name: string;
  readonly volume: readonly Dimension[];
}

/** What the model's input is called. */
export const IMAGE = 'image';

/** Where an axis of NDHWC is in NCDHW, and which axes of NDHWC make NCDHW. */
export const TO_CHANNELS_FIRST = [0, 4, 1, 2, 3] as const;
const TO_CHANNELS_LAST = [0, 2, 3, 4, 1] as const;
const AXIS_WITH_CHANNELS_FIRST = [0, 2, 3, 4, 1] as const;

/** Operands of one op in one form. */
export interface Aligned {
  readonly names: readonly string[];
  /** Where an axis of the graph's is. */
  readonly axis: (axis: number) => number;
  /** The graph's list of one entry an axis in the order of this form. */
  readonly ordered: <T>(perAxis: readonly T[]) => readonly T[];
  /** Says that a node's result is the graph's value. */
  readonly define: (operand: Operand, name: string) => void;
}

export class OnnxWriter {
  readonly #graph: Exportable;
  readonly #stored: (spec: WeightSpec) => Float32Array;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers = new Map<string, TensorProto>();
  readonly #plain = new Map<ValueId, string>();
  readonly #channelsFirst = new Map<ValueId, ChannelsFirst>();
  readonly #names = new FreshNames();
  #scope = '';

  /** @param stored a weight's elements in MONAI's layout */
  constructor(graph: Exportable, stored: (spec: WeightSpec) => Float32Array) {
    this.#graph = graph;
    this.#stored = stored;
    for (const { value, data } of graph.constants) {
      const shape = graph.dimensions(value).map(({ size }) => size);
      this.#plain.set(value, this.#constant(`constant_${value}`, shape, data()));
    }
  }

  /** Names of what follows begin with a layer's. */
  enter(scope: string): void {
    this.#scope = scope;
  }

  /** Appends a node of one output, and returns the output's name. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return known(this.nodes(opType, inputs, attributes, 1)[0], opType);
  }

  nodes(opType: string, inputs: readonly string[], attributes: Attributes, outputs: number): readonly string[] {
    const name = this.#names.next(`${this.#scope.replaceAll('.', '/')}/${opType}`);
    const output = Array.from({ length: outputs }, (_, index) => (index === 0 ? name : `${name}_out${index}`));
    const attribute = Object.entries(attributes).map(([key, make]) => make(key));
    this.#nodes.push(create(NodeProtoSchema, { name, opType, input: [...inputs], output, attribute }));
    return output;
  }

  /** A node whose output has a given name: an output of the model. */
  named(opType: string, inputs: readonly string[], output: string): void {
    this.#nodes.push(create(NodeProtoSchema, { name: `/${output}`, opType, input: [...inputs], output: [output] }));
  }

  ints(values: readonly number[]): string {
    return this.#constant(`ints_${values.join('_')}`, [values.length], BigInt64Array.from(values, BigInt));
  }

  scalar(value: number): string {
    return this.#constant(`scalar_${value}`, [], Float32Array.of(value));
  }

  /** A vector of one value. */
  filled(length: number, value: number): string {
    return this.#constant(`filled_${length}_${value}`, [length], new Float32Array(length).fill(value));
  }

  #constant(name: string, shape: readonly number[], data: TensorData): string {
    if (!this.#initializers.has(name)) this.#initializers.set(name, tensor(name, shape, data));
    return name;
  }

  transpose(name: string, perm: readonly number[]): string {
    return this.node('Transpose', [name], { perm: ints(perm) });
  }

  /** @param shape one entry may be −1, which takes what is left */
  reshape(name: string, shape: readonly number[]): string {
    return this.node('Reshape', [name, this.ints(shape)]);
  }

  weight({ id }: Operand): WeightSpec | null {
    return this.#graph.weights.get(id) ?? null;
  }

  /** A weight as MONAI stores it, under MONAI's name. */
  stored(spec: WeightSpec): string {
    return this.#constant(spec.name, spec.storedShape, this.#stored(spec));
  }

  /** The value as the graph has it. */
  plain({ id, dimensions }: Operand): string {
    const known = this.#plain.get(id);
    if (known !== undefined) return known;
    const first = this.#channelsFirst.get(id);
    const weight = this.#graph.weights.get(id);
    let name: string;
    if (first !== undefined) {
      const last = this.transpose(first.name, TO_CHANNELS_LAST);
      name = dimensions.length === 5 ? last : this.reshape(last, [-1, dimensions.at(-1)?.size ?? 1]);
    } else if (weight !== undefined) name = this.#inGraphLayout(weight);
    else throw new EngineError(`value ${id} is used before it is made`);
    this.#plain.set(id, name);
    return name;
  }

  #inGraphLayout(spec: WeightSpec): string {
    const stored = this.stored(spec);
    switch (spec.layout) {
      case 'plain':
        return stored;
      case 'linear':
        return this.transpose(stored, [1, 0]);
      case 'conv':
        return this.transpose(stored, [2, 3, 4, 1, 0]);
      case 'pointwise':
        return this.transpose(this.reshape(stored, spec.storedShape.slice(0, 2)), [1, 0]);
      case 'transposed':
        return this.reshape(this.transpose(stored, [0, 2, 3, 4, 1]), spec.shape);
      default:
        return assertNever(spec.layout);
    }
  }

  /** Whether there is a form with channels first without a transpose. */
  existing({ id }: Operand): ChannelsFirst | null {
    return this.#channelsFirst.get(id) ?? null;
  }

  /** A volume with channels first. */
  channelsFirst(operand: Operand): string {
    const { id, dimensions } = operand;
    const known = this.#channelsFirst.get(id);
    if (known !== undefined) return known.name;
    if (dimensions.length !== 5) throw new EngineError(`a tensor of ${dimensions.length} axes is no volume`);
    const name = this.transpose(this.plain(operand), TO_CHANNELS_FIRST);
    this.#channelsFirst.set(id, { name, volume: dimensions });
    return name;
  }

  /** The filter of a convolution, [Cout, Cin, kD, kH, kW]: MONAI's own tensor where it is a weight. */
  filter(operand: Operand): string {
    const spec = this.weight(operand);
    return spec?.layout === 'conv' ? this.stored(spec) : this.transpose(this.plain(operand), [4, 3, 0, 1, 2]);
  }

  define({ id }: Operand, name: string): void {
    this.#plain.set(id, name);
  }

  defineFirst({ id }: Operand, first: ChannelsFirst): void {
    this.#channelsFirst.set(id, first);
  }

  /** A shape as a tensor, with the sizes that grow with the batch from the image at hand. */
  shapeOf({ dimensions }: Operand): string {
    const batch = this.node('Shape', [IMAGE], { start: int(0), end: int(1) });
    const sizes = dimensions.map(({ size, batched }) =>
      batched ? this.node('Mul', [batch, this.ints([size])]) : this.ints([size]),
    );
    return this.node('Concat', sizes, { axis: int(0) });
  }

  /** Brings the operands of an op that NumPy's broadcasting joins into one form. */
  aligned(operands: readonly Operand[]): Aligned {
    const first = operands.map((operand) => this.existing(operand)).find((form) => form !== null) ?? null;
    const names = first === null ? null : this.#besideVolume(operands, first.volume);
    if (first === null || names === null) {
      return {
        names: operands.map((operand) => this.plain(operand)),
        axis: (axis) => axis,
        ordered: (perAxis) => perAxis,
        define: (operand, name) => this.define(operand, name),
      };
    }
    return {
      names,
      axis: (axis) => known(AXIS_WITH_CHANNELS_FIRST[axis], `axis ${axis}`),
      ordered: (perAxis) => TO_CHANNELS_FIRST.map((axis) => known(perAxis[axis], `an entry for axis ${axis}`)),
      define: (operand, name) => {
        const volume = operand.dimensions.length === 5 ? operand.dimensions : first.volume;
        this.defineFirst(operand, { name, volume });
      },
    };
  }

  /** Null where one of them has no form beside a volume with channels first. */
  #besideVolume(operands: readonly Operand[], volume: readonly Dimension[]): readonly string[] | null {
    const [rank] = operands.map(({ dimensions }) => dimensions.length).filter((length) => length > 1);
    const channels = volume.at(-1)?.size ?? 1;
    const fits = operands.every((operand) => {
      const { dimensions } = operand;
      if (dimensions.length <= 1) return dimensions.every(({ size }) => size === 1 || size === channels);
      return dimensions.length === rank && (rank === 5 || this.existing(operand) !== null);
    });
    if (!fits) return null;
    return operands.map((operand) => {
      const [only] = operand.dimensions;
      if (operand.dimensions.length > 1) return this.channelsFirst(operand);
      const name = this.plain(operand);
      return only === undefined || only.size === 1 ? name : this.reshape(name, [only.size, 1, 1, 1]);
    });
  }

  /** The nodes that the outputs need, in order, and the initializers that these read. */
  finish(outputs: readonly string[]) {
    const describe = ({ input, output }: NodeProto) => ({ makes: output, reads: input });
    const { nodes, needed } = neededNodes(this.#nodes, outputs, describe);
    return { node: [...nodes], initializer: [...this.#initializers.values()].filter(({ name }) => needed.has(name)) };
  }
}

/** The axis attribute of most ops. */
export function axisAttribute(axis: number): Attributes {
  return { axis: int(axis) };
}

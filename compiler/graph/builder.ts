import type { Precision } from '../plan/precisions.ts';
import type { Emitter } from './emitter.ts';
import { GraphError } from './errors.ts';
import type { Operations } from './operations.ts';
import { operations } from './operations.ts';
import { Types } from './ops/definition.ts';
import { OPS } from './ops/table.ts';
import { elementCount, formatShape, sameShape } from './shapes.ts';
import type {
  Constant,
  ConstantData,
  DType,
  Graph,
  GraphNode,
  GraphNodeOf,
  NodeId,
  OpAttributes,
  OpName,
  Shape,
  Value,
  ValueId,
  WeightInit,
  WeightLayout,
  WeightSpec,
} from './types.ts';
import { graphShape } from './weight-layout.ts';

/** A run of nodes with a gradient of its own, cheaper than the sum of its parts. */
export interface CustomGradient {
  /** Nodes `first` to `last`, inclusive, by position. */
  readonly first: number;
  readonly last: number;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly gradient: (dy: Value) => readonly (Value | null)[];
}

export interface WeightOptions {
  readonly layout: WeightLayout;
  /** As MONAI stores it. */
  readonly storedShape: Shape;
  readonly init: WeightInit;
}

/** Choices among forms of a network that compute the same. */
export interface GraphForm {
  /** Whether each layer has to stand in the graph as it is, even where two are cheaper as one: for who reads the graph as layers. */
  readonly layerByLayer: boolean;
  /** In how many parts the windows of an attention are gone through. More take less memory and a little longer. */
  readonly attentionParts: number;
  /** In which format convolutions multiply; `mixed` stands for bfloat16, with everything else in float32. */
  readonly precision: Precision;
}

/** Appends ops to a graph. Shapes are checked as each op is added, and errors name the layer. */
export interface GraphBuilder extends Operations, GraphForm {
  input(name: string, shape: Shape, dtype?: DType): Value;
  output(name: string, value: Value): void;
  /** A parameter of the layer at hand: its name is the scope's path and `name`. All weights together are the input `weights`. */
  weight(name: string, options: WeightOptions): Value;
  /** Runs `build` with `name` appended to the module path. */
  scoped<T>(name: string, build: () => T): T;
  /** Runs `build` with the module path set to `path`. */
  inScope<T>(path: string, build: () => T): T;
  /**
   * Runs `build`, whose nodes then count as one op with the given gradient.
   *
   * @param gradient one gradient per input; it may use `output` and whatever `build` left behind
   */
  withGradient(
    inputs: readonly Value[],
    build: () => Value,
    gradient: (dy: Value, output: Value) => readonly (Value | null)[],
  ): Value;

  readonly nodes: readonly GraphNode[];
  readonly customGradients: readonly CustomGradient[];
  value(id: ValueId): Value;
  /** In the order of first use, which is their order in the weight vector. */
  readonly weightSpecs: readonly WeightSpec[];
  readonly weightValues: readonly Value[];
  readonly weightCount: number;
  /** The graph so far, with every node; `schedule` drops what no output needs. */
  finish(): Graph;
}

export function graphBuilder({
  layerByLayer = false,
  attentionParts = 1,
  precision = 'float32',
}: Partial<GraphForm> = {}): GraphBuilder {
  const values: Value[] = [];
  const nodes: GraphNode[] = [];
  const inputs = new Map<string, ValueId>();
  const outputs = new Map<string, ValueId>();
  const constants: Constant[] = [];
  const constantsByHash = new Map<number, Constant[]>();
  const constantsByKey = new Map<string, Value>();
  const customGradients: CustomGradient[] = [];
  /** Their outputs. */
  const closed = new Set<ValueId>();
  const weightSpecs: WeightSpec[] = [];
  const weightValues: Value[] = [];
  let weightCount = 0;
  let scope = '';

  function addValue(shape: Shape, dtype: DType, producer: NodeId | null): Value {
    const value = { id: values.length as ValueId, shape, dtype, producer };
    values.push(value);
    return value;
  }

  function value(id: ValueId): Value {
    const found = values[id];
    if (found === undefined) throw new GraphError(`no value ${id}`);
    return found;
  }

  const emitter: Emitter = {
    emit(op, attributes, operands) {
      const definition = OPS[op];
      let types: ReturnType<typeof definition.shape>;
      try {
        if (definition.inputs !== 'any' && definition.inputs !== operands.length) {
          throw new GraphError(`takes ${definition.inputs} inputs, not ${operands.length}`);
        }
        types = definition.shape(attributes, new Types(operands));
      } catch (cause) {
        if (!(cause instanceof GraphError)) throw cause;
        throw new GraphError(`${op}${scope === '' ? '' : ` in ${scope}`}: ${cause.message}`);
      }
      const id = nodes.length as NodeId;
      const results = types.map(({ shape, dtype }) => addValue(shape, dtype, id));
      nodes.push(node(id, op, attributes, operands, results, scope));
      return results;
    },

    constant(data, shape) {
      if (data.length !== elementCount(shape)) {
        throw new GraphError(`a constant of ${formatShape(shape)} with ${data.length} elements`);
      }
      const hash = contentHash(data);
      const candidates = constantsByHash.get(hash) ?? [];
      const known = candidates.find(
        (candidate) => sameShape(value(candidate.value).shape, shape) && sameContents(candidate.data(), data),
      );
      if (known !== undefined) return value(known.value);
      const added = addValue(shape, data instanceof Int32Array ? 'int32' : 'float32', null);
      const constant = { value: added.id, data: () => data };
      constants.push(constant);
      constantsByHash.set(hash, [...candidates, constant]);
      return added;
    },

    computedConstant(key, dtype, shape, make) {
      const known = constantsByKey.get(key);
      if (known !== undefined) return known;
      const added = addValue(shape, dtype, null);
      constants.push({ value: added.id, data: make });
      constantsByKey.set(key, added);
      return added;
    },

    maker({ id, producer }) {
      // What lies inside a custom gradient must not be reached around it.
      const made = producer === null || closed.has(id) ? undefined : nodes[producer];
      const source = made?.inputs[0];
      return made === undefined || source === undefined ? null : { ...made, input: value(source) };
    },
  };

  function inScope<T>(path: string, build: () => T): T {
    const outer = scope;
    scope = path;
    try {
      return build();
    } finally {
      scope = outer;
    }
  }

  return {
    ...operations(emitter),
    layerByLayer,
    attentionParts,
    precision,
    nodes,
    customGradients,
    value,
    weightSpecs,
    weightValues,
    get weightCount() {
      return weightCount;
    },
    input(name, shape, dtype = 'float32') {
      const added = addValue(shape, dtype, null);
      inputs.set(name, added.id);
      return added;
    },
    output(name, { id }) {
      outputs.set(name, id);
    },
    weight(name, { layout, storedShape, init }) {
      const shape = graphShape(layout, storedShape);
      weightSpecs.push({ name: join(scope, name), layout, storedShape, shape, init, offset: weightCount });
      weightCount += elementCount(shape);
      const added = addValue(shape, 'float32', null);
      weightValues.push(added);
      return added;
    },
    scoped: (name, build) => inScope(join(scope, name), build),
    inScope,
    withGradient(operands, build, gradient) {
      const first = nodes.length;
      const output = build();
      customGradients.push({
        first,
        last: nodes.length - 1,
        inputs: operands,
        output,
        gradient: (dy) => gradient(dy, output),
      });
      closed.add(output.id);
      return output;
    },
    finish() {
      const graph = { values: [...values], nodes: [...nodes], inputs: new Map(inputs), constants, outputs };
      return weightSpecs.length === 0 ? graph : withWeightVector(graph, weightSpecs, weightValues, weightCount);
    },
  };
}

function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}

function node<O extends OpName>(
  id: NodeId,
  op: O,
  attributes: OpAttributes[O],
  inputs: readonly Value[],
  outputs: readonly Value[],
  scope: string,
): GraphNode {
  const made: GraphNodeOf<O> = {
    id,
    op,
    attributes,
    inputs: inputs.map((input) => input.id),
    outputs: outputs.map((output) => output.id),
    scope,
  };
  // TypeScript does not see that a GraphNodeOf<O> is a member of the union over all O.
  return made as unknown as GraphNode;
}

/**
 * Replaces the weights, leaves until now, by pieces of one input vector: the optimizer and the checkpoint work on the
 * vector, and there is one split a step instead of one upload a tensor.
 */
function withWeightVector(
  graph: Graph,
  specs: readonly WeightSpec[],
  weights: readonly Value[],
  weightCount: number,
): Graph {
  const values = [...graph.values];
  const heads: GraphNode[] = [];
  let nextNode = graph.nodes.length;

  function addLeaf(shape: Shape): Value {
    const leaf: Value = { id: values.length as ValueId, shape, dtype: 'float32', producer: null };
    values.push(leaf);
    return leaf;
  }

  function produce(result: Value, producer: NodeId): void {
    values[result.id] = { ...result, producer };
  }

  const vector = addLeaf([weightCount]);
  const sizes = specs.map(({ shape }) => elementCount(shape));
  // A weight that is a vector, a bias say, is its piece; others are the piece reshaped.
  const pieces = weights.map((weight) => (weight.shape.length === 1 ? weight : addLeaf([elementCount(weight.shape)])));
  const split = nextNode++ as NodeId;
  if (weights.length === 1) throw new GraphError('a network of one weight');
  heads.push(node(split, 'split', { axis: 0, sizes }, [vector], pieces, 'weights'));
  weights.forEach((weight, index) => {
    const piece = pieces[index];
    if (piece === undefined) return;
    produce(piece, split);
    if (piece === weight) return;
    const reshape = nextNode++ as NodeId;
    heads.push(node(reshape, 'reshape', { shape: weight.shape }, [piece], [weight], specs[index]?.name ?? 'weights'));
    produce(weight, reshape);
  });
  return {
    ...graph,
    values,
    nodes: [...heads, ...graph.nodes],
    inputs: new Map([['weights', vector.id], ...graph.inputs]),
  };
}

/** FNV-1a over words, enough to find candidates for equality. */
function contentHash(data: ConstantData): number {
  const words = new Int32Array(data.buffer, data.byteOffset, data.length);
  let hash = 0x811c9dc5 ^ data.length;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

function sameContents(a: ConstantData, b: ConstantData): boolean {
  return a.constructor === b.constructor && a.length === b.length && a.every((element, index) => element === b[index]);
}

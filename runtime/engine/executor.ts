import type { Graph, GraphNode, Schedule, Shape, ValueId } from '../../compiler/graph/types.ts';
import { EngineError, OutOfMemoryError } from '../errors.ts';
import { type Backend, CONSUMED_INPUTS, type NodeSite, type Step } from './backend.ts';
import type { Engine, EngineInfo, TensorHandle, Tensors } from './types.ts';

/** Told of each node that ran, for profiles. */
export type Observer = (node: GraphNode, milliseconds: number) => void;

interface Instruction<T> {
  readonly node: GraphNode;
  readonly step: Step<T>;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly releases: readonly ValueId[];
  /** The inputs that the op itself frees. */
  readonly consumed: readonly ValueId[];
}

interface Program<T> {
  readonly instructions: readonly Instruction<T>[];
  readonly constants: readonly (readonly [ValueId, T])[];
  /** Outputs that are inputs, constants or an earlier output: the caller gets an alias of them. */
  readonly aliased: ReadonlySet<string>;
}

/** An engine on a tensor library: uploads, downloads, and runs schedules instruction by instruction. */
export function createEngine<T>(info: EngineInfo, backend: Backend<T>, observer: Observer | null = null): Engine {
  const handles = new Map<TensorHandle, T>();
  const programs = new WeakMap<Schedule, Program<T>>();
  let nextHandle = 0;

  const give = (tensor: T, shape: Shape, dtype: TensorHandle['dtype']): TensorHandle => {
    const handle: TensorHandle = { id: nextHandle++, shape, dtype };
    handles.set(handle, tensor);
    return handle;
  };
  const tensorOf = (handle: TensorHandle): T => {
    const tensor = handles.get(handle);
    if (tensor === undefined) {
      throw new EngineError(`Tensor ${handle.id} [${handle.shape.join(', ')}] was disposed or consumed before.`);
    }
    return tensor;
  };

  return {
    info,
    upload(data, shape) {
      const elements = shape.reduce((product, size) => product * size, 1);
      if (elements !== data.length) {
        throw new EngineError(`${data.length} values do not make a tensor of shape [${shape.join(', ')}].`);
      }
      return give(backend.upload(data, shape), [...shape], data instanceof Float32Array ? 'float32' : 'int32');
    },
    async download(handle) {
      return backend.download(tensorOf(handle));
    },
    dispose(...given) {
      for (const handle of given) {
        backend.free(tensorOf(handle));
        handles.delete(handle);
      }
    },
    execute(schedule, inputs) {
      let program = programs.get(schedule);
      if (program === undefined) {
        program = backend.attempt(() => compile(schedule, backend));
        programs.set(schedule, program);
      }
      const { graph } = schedule;
      checkInputs(graph, inputs);
      const values: (T | undefined)[] = new Array(graph.values.length).fill(undefined);
      const handleOfInput = new Map<ValueId, TensorHandle>();
      for (const [name, value] of graph.inputs) {
        const handle = inputs[name];
        if (handle === undefined) continue;
        values[value] = tensorOf(handle);
        handleOfInput.set(value, handle);
      }
      for (const [value, tensor] of program.constants) values[value] = tensor;

      const forget = (value: ValueId) => {
        const handle = handleOfInput.get(value);
        if (handle !== undefined) handles.delete(handle);
      };
      const { instructions, aliased } = program;
      return backend.attempt(() => {
        run(instructions, values, backend, forget, observer);
        const outputs: Record<string, TensorHandle> = {};
        for (const [name, value] of graph.outputs) {
          const tensor = known(values[value], `output ${name}`);
          const { shape, dtype } = known(graph.values[value], `output ${name}`);
          outputs[name] = give(aliased.has(name) ? backend.alias(tensor) : tensor, shape, dtype);
        }
        return outputs;
      });
    },
    memory: () => backend.memory(),
    close() {
      handles.clear();
      backend.close();
    },
  };
}

function compile<T>({ graph, releases }: Schedule, backend: Backend<T>): Program<T> {
  const leaves = new Set<ValueId>([...graph.inputs.values(), ...graph.constants.map(({ value }) => value)]);
  const typeOf = (value: ValueId) => known(graph.values[value], `value ${value}`);
  const instructions = graph.nodes.map((node, index): Instruction<T> => {
    const consumed = node.inputs.slice(0, CONSUMED_INPUTS[node.op] ?? 0);
    return {
      node,
      step: prepare(node, node.inputs.map(typeOf), node.outputs.map(typeOf), backend),
      inputs: node.inputs,
      outputs: node.outputs,
      releases: (releases[index] ?? []).filter((value) => !consumed.includes(value)),
      consumed,
    };
  });
  const constants = graph.constants.map(
    ({ value, data }) => [value, backend.upload(data(), typeOf(value).shape)] as const,
  );
  const seen = new Set(leaves);
  const aliased = new Set<string>();
  for (const [name, value] of graph.outputs) {
    if (seen.has(value)) aliased.add(name);
    seen.add(value);
  }
  return { instructions, constants, aliased };
}

function prepare<T>(
  node: GraphNode,
  inputs: NodeSite<GraphNode['op']>['inputs'],
  outputs: NodeSite<GraphNode['op']>['outputs'],
  backend: Backend<T>,
): Step<T> {
  return backend.prepare(node.op, { attributes: node.attributes, inputs, outputs });
}

function run<T>(
  instructions: readonly Instruction<T>[],
  values: (T | undefined)[],
  backend: Backend<T>,
  forget: (value: ValueId) => void,
  observer: Observer | null,
): void {
  for (const { node, step, inputs, outputs, releases, consumed } of instructions) {
    const operands: T[] = [];
    for (const value of inputs) operands.push(known(values[value], `an input of ${node.op} at ${node.scope}`));
    for (const value of consumed) {
      forget(value);
      values[value] = undefined;
    }
    const start = observer === null ? 0 : performance.now();
    const results = attemptStep(node, step, operands);
    observer?.(node, performance.now() - start);
    for (let index = 0; index < outputs.length; index++) {
      const value = outputs[index];
      if (value !== undefined) values[value] = results[index];
    }
    for (const value of releases) {
      backend.free(known(values[value], `value ${value}, to be released after ${node.op} at ${node.scope}`));
      values[value] = undefined;
    }
  }
}

/** Says at which layer a step failed. */
function attemptStep<T>(node: GraphNode, step: Step<T>, operands: readonly T[]): readonly T[] {
  try {
    return step(operands);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${reason} (${node.op} at ${node.scope || 'the top'})`;
    throw cause instanceof OutOfMemoryError
      ? new OutOfMemoryError(message, { cause })
      : new EngineError(message, { cause });
  }
}

/** @throws EngineError for an input that is missing, of no use, or of another shape or dtype than the graph's */
function checkInputs(graph: Graph, inputs: Tensors): void {
  for (const name of Object.keys(inputs)) {
    if (graph.inputs.has(name)) continue;
    throw new EngineError(`The graph has no input ${name}; it has ${[...graph.inputs.keys()].join(', ') || 'none'}.`);
  }
  for (const [name, value] of graph.inputs) {
    const { shape, dtype } = known(graph.values[value], `input ${name}`);
    const given = inputs[name];
    if (given === undefined) throw new EngineError(`The graph's input ${name} was not given.`);
    const same = given.shape.length === shape.length && shape.every((size, axis) => size === given.shape[axis]);
    if (!same || given.dtype !== dtype) {
      const [wanted, found] = [shape, given.shape].map((sizes) => `[${sizes.join(', ')}]`);
      throw new EngineError(`Input ${name} must be ${dtype} ${wanted}; it is ${given.dtype} ${found}.`);
    }
  }
}

function known<X>(item: X | undefined, what: string): X {
  if (item === undefined) throw new EngineError(`The schedule is not consistent: ${what} is missing.`);
  return item;
}

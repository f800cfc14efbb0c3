import type { GraphNode, Schedule, ValueId } from '../../compiler/graph/types.ts';
import { EngineError, OutOfMemoryError } from '../errors.ts';
import { type Backend, CONSUMED_INPUTS, type NodeSite, type RunSchedule, type Step } from './backend.ts';
import { known } from './known.ts';

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

/** Runs a schedule node by node, and frees each value after its last use. */
export function stepwise<T>(schedule: Schedule, backend: Backend<T>, observer: Observer | null): RunSchedule<T> {
  const { graph } = schedule;
  const { instructions, constants, aliased } = compile(schedule, backend);
  const inputs = [...graph.inputs.values()];
  return (given, consumed) => {
    const values: (T | undefined)[] = new Array(graph.values.length).fill(undefined);
    for (const [index, value] of inputs.entries()) values[value] = given[index];
    for (const [value, tensor] of constants) values[value] = tensor;
    run(instructions, values, backend, (value) => consumed(inputs.indexOf(value)), observer);
    return [...graph.outputs].map(([name, value]) => {
      const tensor = known(values[value], `output ${name}`);
      return aliased.has(name) ? backend.alias(tensor) : tensor;
    });
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
  consume: (value: ValueId) => void,
  observer: Observer | null,
): void {
  for (const { node, step, inputs, outputs, releases, consumed } of instructions) {
    const operands: T[] = [];
    for (const value of inputs) operands.push(known(values[value], `an input of ${node.op} at ${node.scope}`));
    for (const value of consumed) {
      consume(value);
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

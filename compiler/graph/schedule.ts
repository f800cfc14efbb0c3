import { byteCount } from './shapes.ts';
import type { Graph, GraphNode, NodeId, Schedule, Value, ValueId } from './types.ts';

/**
 * Drops dead nodes and finds each value's last use. The order of the nodes stays.
 *
 * @returns a schedule whose graph has values and nodes numbered by position
 */
export function schedule(graph: Graph): Schedule {
  const live = withoutDeadCode(graph);
  const releases = lastUses(live);
  return { graph: live, releases, activationPeakBytes: activationPeak(live, releases) };
}

/** Keeps the nodes that an output needs, the constants they read, and every input. */
export function withoutDeadCode(graph: Graph): Graph {
  const needed = new Set<ValueId>(graph.outputs.values());
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    nodes.push(node);
  }
  return renumbered({
    ...graph,
    nodes: nodes.reverse(),
    constants: graph.constants.filter(({ value }) => needed.has(value)),
  });
}

function renumbered(graph: Graph): Graph {
  const values: Value[] = [];
  const numbers = new Map<ValueId, ValueId>();

  function number(id: ValueId, producer: NodeId | null): ValueId {
    const old = graph.values[id];
    const fresh = values.length as ValueId;
    if (old === undefined) throw new Error(`value ${id} is not in the graph`);
    values.push({ id: fresh, shape: old.shape, dtype: old.dtype, producer });
    numbers.set(id, fresh);
    return fresh;
  }

  function numberOf(id: ValueId): ValueId {
    const fresh = numbers.get(id);
    if (fresh === undefined) throw new Error(`value ${id} is used before it is made`);
    return fresh;
  }

  const inputs = new Map([...graph.inputs].map(([name, id]) => [name, number(id, null)]));
  const constants = graph.constants.map(({ value, data }) => ({ value: number(value, null), data }));
  const nodes = graph.nodes.map((node, index) => {
    const id = index as NodeId;
    return {
      ...node,
      id,
      inputs: node.inputs.map(numberOf),
      outputs: node.outputs.map((output) => number(output, id)),
    };
  });
  const outputs = new Map([...graph.outputs].map(([name, id]) => [name, numberOf(id)]));
  return { values, nodes, inputs, constants, outputs };
}

/** For each node, the values that no later node reads. An output of a node that nothing reads dies right away. */
function lastUses(graph: Graph): readonly (readonly ValueId[])[] {
  const lastUse = new Map<ValueId, number>();
  graph.nodes.forEach(({ inputs, outputs }, index) => {
    for (const output of outputs) lastUse.set(output, index);
    for (const input of inputs) if (lastUse.has(input)) lastUse.set(input, index);
  });
  for (const output of graph.outputs.values()) lastUse.delete(output);
  const releases = graph.nodes.map((): ValueId[] => []);
  for (const [value, index] of lastUse) releases[index]?.push(value);
  return releases;
}

/**
 * The largest sum of live bytes while a node runs: all that lives before it, and its outputs. A reshape is another handle
 * on the memory of its input, which lives until the last of its handles is released.
 */
function activationPeak(graph: Graph, releases: readonly (readonly ValueId[])[]): number {
  const memoryOf = new Map<ValueId, ValueId>();
  const handles = new Map<ValueId, number>();
  let bytes = 0;
  let peak = 0;

  function sizeOf(id: ValueId): number {
    const value = graph.values[id];
    return value === undefined ? 0 : byteCount(value);
  }

  graph.nodes.forEach((node, index) => {
    const [source] = node.inputs;
    for (const output of node.outputs) {
      const memory = node.op === 'reshape' && source !== undefined ? (memoryOf.get(source) ?? null) : output;
      if (memory === null) continue; // a view of an input or a constant costs nothing
      memoryOf.set(output, memory);
      const count = handles.get(memory) ?? 0;
      if (count === 0) bytes += sizeOf(memory);
      handles.set(memory, count + 1);
    }
    peak = Math.max(peak, bytes);
    for (const released of releases[index] ?? []) {
      const memory = memoryOf.get(released);
      if (memory === undefined) continue;
      const count = (handles.get(memory) ?? 0) - 1;
      handles.set(memory, count);
      if (count === 0) bytes -= sizeOf(memory);
    }
  });
  return peak;
}

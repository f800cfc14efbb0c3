import { activationPeak, lastUseOfValues, NEVER } from './liveness.ts';
import type { Graph, GraphNode, NodeId, Schedule, Value, ValueId } from './types.ts';

/**
 * Drops dead nodes and finds each value's last use. The order of the nodes stays.
 *
 * @returns a schedule whose graph has values and nodes numbered by position
 */
export function schedule(graph: Graph): Schedule {
  const live = withoutDeadCode(graph);
  const releases = lastUses(live);
  return { graph: live, releases, activationPeakBytes: activationPeak(live).bytes };
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

const UNMADE = -1;

function renumbered(graph: Graph): Graph {
  const values: Value[] = [];
  const numbers = new Int32Array(graph.values.length).fill(UNMADE);

  function number(id: ValueId, producer: NodeId | null): ValueId {
    const old = graph.values[id];
    const fresh = values.length as ValueId;
    if (old === undefined) throw new Error(`value ${id} is not in the graph`);
    values.push({ id: fresh, shape: old.shape, dtype: old.dtype, producer });
    numbers[id] = fresh;
    return fresh;
  }

  function numberOf(id: ValueId): ValueId {
    const fresh = numbers[id] ?? UNMADE;
    if (fresh === UNMADE) throw new Error(`value ${id} is used before it is made`);
    return fresh as ValueId;
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
export function lastUses(graph: Graph): readonly (readonly ValueId[])[] {
  const releases = graph.nodes.map((): ValueId[] => []);
  const lastUse = lastUseOfValues(graph);
  for (const { id, producer } of graph.values) {
    const index = lastUse[id] ?? NEVER;
    if (producer !== null && index !== NEVER) releases[index]?.push(id);
  }
  return releases;
}

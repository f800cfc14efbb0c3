import { GraphError } from './errors.ts';
import { Types } from './ops/definition.ts';
import { OPS } from './ops/table.ts';
import type { Graph, GraphNode, GraphNodeOf, OpName, ValueId } from './types.ts';

export interface NodeCost {
  readonly flops: number;
  /** Read and written, when nothing stays in cache. */
  readonly bytes: number;
}

export function nodeCost(graph: Graph, node: GraphNode): NodeCost {
  return costOf(node, typesOf(graph, node.inputs), typesOf(graph, node.outputs));
}

export function graphCost(graph: Graph): NodeCost {
  let flops = 0;
  let bytes = 0;
  for (const node of graph.nodes) {
    const cost = nodeCost(graph, node);
    flops += cost.flops;
    bytes += cost.bytes;
  }
  return { flops, bytes };
}

function costOf<O extends OpName>({ op, attributes }: GraphNodeOf<O>, inputs: Types, outputs: Types): NodeCost {
  const definition = OPS[op];
  return { flops: definition.flops(attributes, inputs, outputs), bytes: definition.bytes(inputs, outputs) };
}

function typesOf(graph: Graph, ids: readonly ValueId[]): Types {
  return new Types(
    ids.map((id) => {
      const value = graph.values[id];
      if (value === undefined) throw new GraphError(`no value ${id}`);
      return value;
    }),
  );
}

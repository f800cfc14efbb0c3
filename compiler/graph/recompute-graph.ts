import { nodeCost } from './costs.ts';
import { GraphError } from './errors.ts';
import { memoryOfValues } from './liveness.ts';
import { byteCount } from './shapes.ts';
import type { Graph, GraphNode, NodeId, Value, ValueId } from './types.ts';

/** A training step in two parts, and what of the first the second needs. Memory is named by the value that owns it. */
export interface ForwardPass {
  readonly graph: Graph;
  readonly firstBackward: number;
  /** The memory each value stands on; null for leaves and views of them. */
  readonly memory: readonly (ValueId | null)[];
  /** Memory of the forward pass that the backward pass reads, with when it is not in use: between the two nodes. */
  readonly gaps: ReadonlyMap<ValueId, { readonly lastForward: number; readonly firstBackward: number }>;
}

export interface RewrittenStep {
  readonly graph: Graph;
  /** For each node, the position in the original step at which it runs. */
  readonly turns: readonly number[];
  /** Arithmetic of the nodes that run a second time. */
  readonly extraFlops: number;
}

/** Smaller tensors, biases and statistics, are always kept. */
const SMALL_BYTES = 1 << 18;

/**
 * @param graph a training step: the output `loss` is the last value of the forward pass
 * @throws {GraphError} when there is no loss
 */
export function forwardPass(graph: Graph): ForwardPass {
  const loss = graph.values[graph.outputs.get('loss') ?? -1]?.producer ?? null;
  if (loss === null) throw new GraphError('a training step needs an output `loss`');
  const firstBackward = loss + 1;
  const memory = memoryOfValues(graph);
  const gaps = new Map<ValueId, { lastForward: number; firstBackward: number }>();
  const lastForward = new Map<ValueId, number>();
  graph.nodes.forEach(({ inputs, outputs }, position) => {
    for (const value of [...outputs, ...inputs]) {
      const owner = memory[value] ?? null;
      if (owner === null) continue;
      const last = lastForward.get(owner);
      if (position < firstBackward) lastForward.set(owner, position);
      else if (last !== undefined && !gaps.has(owner)) gaps.set(owner, { lastForward: last, firstBackward: position });
    }
  });
  return { graph, firstBackward, memory, gaps };
}

/** Whether the backward pass finds this memory as the forward pass left it. */
export function isKept({ graph, gaps }: ForwardPass, dropped: ReadonlySet<ValueId>, owner: ValueId): boolean {
  return bytesOf(graph, owner) <= SMALL_BYTES || (gaps.has(owner) && !dropped.has(owner));
}

export function bytesOf(graph: Graph, value: ValueId): number {
  const type = graph.values[value];
  return type === undefined ? 0 : byteCount(type);
}

/**
 * The same step with the backward pass computing what is dropped, and what that needs, right before its first use.
 *
 * @param dropped owners of memory
 */
export function rewrite(forward: ForwardPass, dropped: ReadonlySet<ValueId>): RewrittenStep {
  const { graph, firstBackward, memory } = forward;
  const values: Value[] = [...graph.values];
  const nodes: GraphNode[] = graph.nodes.slice(0, firstBackward);
  const turns = nodes.map((_, position) => position);
  const copies = new Map<ValueId, ValueId>();
  let extraFlops = 0;
  let turn = firstBackward;

  function add(node: GraphNode): void {
    nodes.push(node);
    turns.push(turn);
  }

  /** The value itself where it is at hand, else its copy, which is made if there is none yet. */
  function available(value: ValueId): ValueId {
    const copied = copies.get(value);
    if (copied !== undefined) return copied;
    const owner = memory[value] ?? null;
    const producer = graph.values[value]?.producer ?? null;
    if (owner === null || producer === null || producer >= firstBackward) return value;
    if (isKept(forward, dropped, owner)) return value;
    const original = graph.nodes[producer];
    return original === undefined ? value : (copyOf(original).get(value) ?? value);
  }

  function copyOf(original: GraphNode): ReadonlyMap<ValueId, ValueId> {
    const inputs = original.inputs.map(available);
    const made = new Map<ValueId, ValueId>();
    const id = nodes.length as NodeId;
    for (const output of original.outputs) {
      const value = graph.values[output];
      if (value === undefined) continue;
      const copy: Value = { ...value, id: values.length as ValueId, producer: id };
      values.push(copy);
      made.set(output, copy.id);
      copies.set(output, copy.id);
    }
    extraFlops += nodeCost(graph, original).flops;
    add({ ...original, id, inputs, outputs: [...made.values()], scope: `${original.scope}/recompute` });
    return made;
  }

  for (const node of graph.nodes.slice(firstBackward)) {
    const inputs = node.inputs.map(available);
    add(inputs.every((input, index) => input === node.inputs[index]) ? node : { ...node, inputs });
    turn++;
  }
  return { graph: { ...graph, values, nodes }, turns, extraFlops };
}

import { byteCount } from './shapes.ts';
import type { Graph, ValueId } from './types.ts';

/**
 * The memory that values stand on. A reshape is another handle on the memory of its input, so that both share one number;
 * null for what costs an executor nothing: inputs, constants, and views of them.
 */
export function memoryOfValues(graph: Graph): readonly (ValueId | null)[] {
  const memory: (ValueId | null)[] = new Array(graph.values.length).fill(null);
  for (const node of graph.nodes) {
    const [source] = node.inputs;
    for (const output of node.outputs) {
      memory[output] = node.op === 'reshape' && source !== undefined ? (memory[source] ?? null) : output;
    }
  }
  return memory;
}

export interface Peak {
  /** Largest sum of live activations (without inputs and constants), in bytes, exact. */
  readonly bytes: number;
  /** The node that runs then, by position. */
  readonly at: number;
}

/**
 * Live bytes while a node runs are all that lives before it, and its outputs. The planner asks for hundreds of graphs.
 *
 * No op is taken to write over an operand. Op by op none does; in a whole graph TensorFlow's do where the other readers of the
 * operand happen to be done, so that some steps peak as high as this and others lower by a tensor.
 */
export function activationPeak(graph: Graph): Peak {
  const memory = memoryOfValues(graph);
  const lastUse = lastUseOfValues(graph);
  const handles = new Int32Array(graph.values.length);
  const bytes = new Float64Array(graph.values.length);
  let live = 0;
  let peak: Peak = { bytes: 0, at: 0 };

  function hold(value: ValueId): void {
    const owner = memory[value] ?? null;
    if (owner === null) return;
    const before = handles[owner] ?? 0;
    handles[owner] = before + 1;
    if (before > 0) return;
    const type = graph.values[owner];
    const size = type === undefined ? 0 : byteCount(type);
    bytes[owner] = size;
    live += size;
  }

  function release(value: ValueId): void {
    const owner = memory[value] ?? null;
    if (owner === null) return;
    const after = (handles[owner] ?? 0) - 1;
    handles[owner] = after;
    if (after === 0) live -= bytes[owner] ?? 0;
  }

  graph.nodes.forEach(({ inputs, outputs }, index) => {
    for (const output of outputs) hold(output);
    if (live > peak.bytes) peak = { bytes: live, at: index };
    for (const values of [inputs, outputs]) {
      for (const value of values) {
        if (lastUse[value] !== index) continue;
        lastUse[value] = NEVER;
        release(value);
      }
    }
  });
  return peak;
}

/** Where no node is meant. */
export const NEVER = -1;

/** The position of the last node that makes or reads each value; `NEVER` for the graph's outputs. */
export function lastUseOfValues(graph: Graph): Int32Array {
  const lastUse = new Int32Array(graph.values.length).fill(NEVER);
  graph.nodes.forEach(({ inputs, outputs }, index) => {
    for (const value of inputs) lastUse[value] = index;
    for (const value of outputs) lastUse[value] = index;
  });
  for (const value of graph.outputs.values()) lastUse[value] = NEVER;
  return lastUse;
}

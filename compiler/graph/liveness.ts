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

/** Live bytes while a node runs are all that lives before it, and its outputs. */
export function activationPeak(graph: Graph, releases: readonly (readonly ValueId[])[]): Peak {
  const memory = memoryOfValues(graph);
  const handles = new Int32Array(graph.values.length);
  let live = 0;
  let peak: Peak = { bytes: 0, at: 0 };

  function hold(value: ValueId, change: 1 | -1): void {
    const standsOn = memory[value] ?? null;
    if (standsOn === null) return;
    const before = handles[standsOn] ?? 0;
    handles[standsOn] = before + change;
    const type = graph.values[standsOn];
    if (type !== undefined && before + Math.min(change, 0) === 0) live += change * byteCount(type);
  }

  graph.nodes.forEach(({ outputs }, index) => {
    for (const output of outputs) hold(output, 1);
    if (live > peak.bytes) peak = { bytes: live, at: index };
    for (const released of releases[index] ?? []) hold(released, -1);
  });
  return peak;
}

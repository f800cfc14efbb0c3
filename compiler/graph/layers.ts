import { nodeCost } from './costs.ts';
import { type InferenceSettings, inferenceProgram } from './programs.ts';
import { elementCount } from './shapes.ts';
import type { Shape } from './types.ts';

/** What one layer of a network does in a forward pass. */
export interface LayerFacts {
  /** MONAI's module path. */
  readonly name: string;
  /** NDHWC, or rows of tokens within transformers. */
  readonly output: Shape;
  readonly parameters: number;
  /** A multiply-add counts two. */
  readonly flops: number;
  /** Read and written, when nothing stays in cache. */
  readonly bytes: number;
}

/** The layers of a network in the order in which they run first. */
export function layersOf(settings: Omit<InferenceSettings, 'output'>): readonly LayerFacts[] {
  const { weights, forward } = inferenceProgram({ ...settings, output: 'logits', layerByLayer: true });
  const { graph } = forward;
  const parameters = new Map<string, number>();
  for (const { name, shape } of weights) {
    const layer = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    parameters.set(layer, (parameters.get(layer) ?? 0) + elementCount(shape));
  }
  // Cutting the weight vector into weights is no layer.
  const preparation = new Set(['weights', ...weights.map(({ name }) => name)]);
  const layers = new Map<string, LayerFacts>();
  for (const node of graph.nodes) {
    if (preparation.has(node.scope)) continue;
    const [output] = node.outputs;
    const shape = output === undefined ? [] : (graph.values[output]?.shape ?? []);
    const before = layers.get(node.scope);
    const cost = nodeCost(graph, node);
    layers.set(node.scope, {
      name: node.scope,
      output: shape,
      parameters: parameters.get(node.scope) ?? 0,
      flops: (before?.flops ?? 0) + cost.flops,
      bytes: (before?.bytes ?? 0) + cost.bytes,
    });
  }
  return [...layers.values()];
}

import { type InferenceSettings, inferenceProgram } from '../../../compiler/graph/programs.ts';
import { elementCount } from '../../../compiler/graph/shapes.ts';
import type { Graph, GraphNode, Shape, ValueId, WeightSpec } from '../../../compiler/graph/types.ts';
import { EngineError } from '../../errors.ts';

/**
 * A network's forward graph as other programs take it: each weight a tensor of its own under MONAI's name, and the size of
 * the batch left open. The graph of a run has a fixed one; two graphs of different batches tell which sizes grow with it.
 */

/** Of an axis: `size`, or `size` for each sample of the batch. */
export interface Dimension {
  readonly size: number;
  readonly batched: boolean;
}

/** A value that a node reads or makes. */
export interface Operand {
  readonly id: ValueId;
  readonly dimensions: readonly Dimension[];
}

export interface Exportable {
  /** In the order in which they run; what cuts the weight vector into weights is not among them. */
  readonly nodes: readonly GraphNode[];
  readonly dimensions: (value: ValueId) => readonly Dimension[];
  /** Weights that some node reads. */
  readonly weights: ReadonlyMap<ValueId, WeightSpec>;
  readonly constants: Graph['constants'];
  /** [N, D, H, W, Cin] */
  readonly image: ValueId;
  /** [N, D, H, W, K] */
  readonly logits: ValueId;
}

export type ExportSettings = Pick<InferenceSettings, 'model' | 'roiSize'>;

/** More than one, so that no axis looks as if it could be dropped. */
const BATCHES = [2, 3] as const;

/** @throws GraphError when the network does not take images of this size */
export function exportable(settings: ExportSettings): Exportable {
  const [first, second] = BATCHES;
  const form = { ...settings, output: 'logits', layerByLayer: true } as const;
  const program = inferenceProgram({ ...form, batchSize: first });
  const { graph } = program.forward;
  const other = inferenceProgram({ ...form, batchSize: second }).forward.graph;
  requireSameStructure(graph, other);
  const sizes = graph.values.map(({ shape }, index) => dimensionsOf(shape, other.values[index]?.shape ?? []));
  const { weights, preparation } = namedWeights(graph, program.weights);
  return {
    nodes: graph.nodes.filter((node) => !preparation.has(node)),
    dimensions: (value) => known(sizes[value], `value ${value}`),
    weights,
    constants: graph.constants,
    image: known(graph.inputs.get('image'), 'the image'),
    logits: known(graph.outputs.get('logits'), 'the logits'),
  };
}

/** Shapes that stand in attributes too are those of the node's outputs, or of its inputs. */
const OPS_WITH_SHAPES: ReadonlySet<string> = new Set(['reshape', 'broadcastTo', 'slice', 'conv3dGradInput']);

function requireSameStructure(graph: Graph, other: Graph): void {
  const same =
    graph.nodes.length === other.nodes.length &&
    graph.nodes.every(({ op, attributes, inputs, outputs }, index) => {
      const twin = other.nodes[index];
      return (
        twin?.op === op &&
        `${twin.inputs}` === `${inputs}` &&
        `${twin.outputs}` === `${outputs}` &&
        (OPS_WITH_SHAPES.has(op) || JSON.stringify(twin.attributes) === JSON.stringify(attributes))
      );
    });
  if (!same) throw new EngineError('the network is another one for each size of the batch');
}

function dimensionsOf(shape: Shape, twin: Shape): readonly Dimension[] {
  return shape.map((size, axis) => {
    if (twin[axis] === size) return { size, batched: false };
    const [first, second] = BATCHES;
    const perSample = size / first;
    if (twin[axis] !== perSample * second)
      throw new EngineError(`an axis of ${size} neither grows with the batch nor stays`);
    return { size: perSample, batched: true };
  });
}

/** The pieces of the weight vector: a vector is its piece, another weight the piece reshaped. */
function namedWeights(graph: Graph, specs: readonly WeightSpec[]) {
  const weights = new Map<ValueId, WeightSpec>();
  const preparation = new Set<GraphNode>();
  const vector = graph.inputs.get('weights');
  const cut = graph.nodes.find(({ op, inputs }) => op === 'split' && inputs[0] === vector);
  const pieces = new Map(cut?.outputs.map((piece, index) => [piece, specs[index]]));
  if (cut !== undefined) preparation.add(cut);
  for (const [piece, spec] of pieces) if (spec?.shape.length === 1) weights.set(piece, spec);
  for (const node of graph.nodes) {
    const [input, output] = [node.inputs[0], node.outputs[0]];
    const spec = input === undefined ? undefined : pieces.get(input);
    if (node.op !== 'reshape' || spec === undefined || output === undefined) continue;
    if (spec.shape.length === 1 || node.scope !== spec.name) continue;
    weights.set(output, spec);
    preparation.add(node);
  }
  return { weights, preparation };
}

export function known<T>(item: T | undefined, what: string): T {
  if (item === undefined) throw new EngineError(`the graph is not consistent: ${what} is missing`);
  return item;
}

/** How many elements one sample's share of a tensor has. */
export function elementsPerSample(dimensions: readonly Dimension[]): number {
  return elementCount(dimensions.map(({ size }) => size));
}

/** As `Reshape` takes it: −1 for the axis that grows with the batch. */
export function openShape(dimensions: readonly Dimension[]): readonly number[] {
  if (dimensions.filter(({ batched }) => batched).length > 1)
    throw new EngineError('two axes of one tensor grow with the batch');
  return dimensions.map(({ size, batched }) => (batched ? -1 : size));
}

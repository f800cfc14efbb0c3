import { lowestRankTranspose } from '../../../../compiler/graph/transpose-rank.ts';
import type { GraphNode, GraphNodeOf, Shape, ValueId, WeightSpec } from '../../../../compiler/graph/types.ts';
import type { Dimension, Exportable } from '../exportable.ts';

/**
 * Transposed convolutions with kernel = stride. Here they are a matrix product and a transpose of its blocks; ONNX gets the
 * one node that they are in MONAI.
 */
export interface UpConvolution {
  /** MONAI's filter, [Cin, Cout, kD, kH, kW]. */
  readonly filter: WeightSpec;
  /** The volume that it grows, and what comes of it. */
  readonly image: ValueId;
  readonly result: ValueId;
  /** The nodes after the product that it stands for too. */
  readonly rest: readonly GraphNode[];
}

/** By the matrix product that each begins with. */
export function upConvolutions(graph: Exportable): ReadonlyMap<GraphNode, UpConvolution> {
  const readers = new Map<ValueId, GraphNode[]>();
  const makers = new Map<ValueId, GraphNode>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
    for (const output of node.outputs) makers.set(output, node);
  }
  const only = (value: ValueId | undefined): GraphNode | undefined => {
    const all = value === undefined ? undefined : readers.get(value);
    return all?.length === 1 ? all[0] : undefined;
  };

  const found = new Map<GraphNode, UpConvolution>();
  for (const product of graph.nodes) {
    const [rows, matrix] = product.inputs;
    const filter = matrix === undefined ? undefined : graph.weights.get(matrix);
    if (product.op !== 'matMul' || rows === undefined || filter?.layout !== 'transposed') continue;
    const cut = only(product.outputs[0]);
    const moved = only(cut?.outputs[0]);
    const joined = only(moved?.outputs[0]);
    const image = volumeOf(rows, makers.get(rows), graph);
    const result = joined?.outputs[0];
    if (cut?.op !== 'reshape' || moved?.op !== 'transpose' || joined?.op !== 'reshape') continue;
    if (image === null || result === undefined) continue;
    if (!spreadsBlocks(graph.dimensions(image), filter.storedShape, moved, graph.dimensions(result))) continue;
    found.set(product, { filter, image, result, rest: [cut, moved, joined] });
  }
  return found;
}

/** The volume whose voxels are the rows of a matrix. */
function volumeOf(rows: ValueId, maker: GraphNode | undefined, graph: Exportable): ValueId | null {
  const [source] = maker?.op === 'reshape' ? maker.inputs : [];
  if (source !== undefined && graph.dimensions(source).length === 5) return source;
  // Rows that are rows already: the matrix itself, where it has the form of a volume.
  return graph.dimensions(rows).length === 2 ? rows : null;
}

/** Whether the transpose brings each voxel's block of voxels to where it belongs. */
function spreadsBlocks(
  image: readonly Dimension[],
  [, channels = 1, ...stride]: Shape,
  { attributes }: GraphNodeOf<'transpose'>,
  result: readonly Dimension[],
): boolean {
  const sizes = result.map(({ size }) => size);
  const sides = sizes.slice(1, 4).map((side, axis) => side / (stride[axis] ?? 1));
  if (image.length === 5 && image.slice(1, 4).some(({ size }, axis) => size !== sides[axis])) return false;
  // Two samples, so that no axis vanishes.
  const expected = lowestRankTranspose([2, ...sides, ...stride, channels], [0, 1, 4, 2, 5, 3, 6, 7]);
  return sizes.at(-1) === channels && `${expected?.permutation}` === `${attributes.permutation}`;
}

import type { Graph, GraphNode, GraphNodeOf, NodeId, ValueId } from '../../../../compiler/graph/types.ts';

type Product = GraphNodeOf<'matMul'>;

/**
 * Sums of a batch of products [B, S, M, N] and a bias [S, M, N] of which nothing else reads the products: attention's logits.
 *
 * @returns the product by the node of its sum
 */
export function biasedProducts(graph: Graph): ReadonlyMap<NodeId, Product> {
  const reads = new Map<ValueId, number>();
  for (const value of [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.values()]) {
    reads.set(value, (reads.get(value) ?? 0) + 1);
  }
  const found = new Map<NodeId, Product>();
  for (const node of graph.nodes) {
    const product = node.op === 'add' ? biased(graph, node) : null;
    if (product?.outputs.every((output) => reads.get(output) === 1)) found.set(node.id, product);
  }
  return found;
}

function biased({ values, nodes }: Graph, { inputs }: GraphNode): Product | null {
  const [product, bias] = inputs.map((input) => values[input]);
  const made = nodes[product?.producer ?? -1];
  if (product === undefined || bias === undefined || made?.op !== 'matMul') return null;
  const ofAll = product.shape.slice(1);
  const fits = product.shape.length === 4 && ofAll.length === bias.shape.length;
  const batched = made.inputs.every((input) => values[input]?.shape.length === 4);
  return fits && batched && ofAll.every((size, axis) => size === bias.shape[axis]) ? made : null;
}

import { GraphError } from './errors.ts';
import { elementCount, formatShape } from './shapes.ts';
import type { Shape, WeightLayout, WeightSpec } from './types.ts';

/**
 * Layouts as permutations: each sees the stored tensor as a block of three axes, and the graph's tensor is the same block
 * with its axes permuted.
 */

type Three = readonly [number, number, number];

interface Layout {
  readonly rank: number | 'any';
  readonly block: (stored: Shape) => Three;
  readonly permutation: Three;
  readonly graphShape: (stored: Shape) => Shape;
}

const [AS_IT_IS, TRANSPOSED]: readonly [Three, Three] = [
  [0, 1, 2],
  [1, 0, 2],
];

const matrix = {
  block: ([out = 1, inner = 1]: Shape): Three => [out, inner, 1],
  permutation: TRANSPOSED,
  graphShape: ([out = 1, inner = 1]: Shape): Shape => [inner, out],
};

const LAYOUTS: { readonly [L in WeightLayout]: Layout } = {
  plain: {
    rank: 'any',
    block: (stored) => [elementCount(stored), 1, 1],
    permutation: AS_IT_IS,
    graphShape: (stored) => stored,
  },
  conv: {
    rank: 5,
    block: ([out = 1, inner = 1, ...kernel]) => [out, inner, elementCount(kernel)],
    permutation: [2, 1, 0],
    graphShape: ([out = 1, inner = 1, ...kernel]) => [...kernel, inner, out],
  },
  pointwise: { rank: 5, ...matrix },
  transposed: {
    rank: 5,
    block: ([inner = 1, out = 1, ...kernel]) => [inner, out, elementCount(kernel)],
    permutation: [0, 2, 1],
    graphShape: ([inner = 1, out = 1, ...kernel]) => [inner, elementCount(kernel) * out],
  },
  linear: { rank: 2, ...matrix },
};

/** The shape a stored tensor has in the graph. */
export function graphShape(layout: WeightLayout, stored: Shape): Shape {
  const { rank, graphShape: shapeOf } = LAYOUTS[layout];
  const shape = shapeOf(stored);
  if ((rank !== 'any' && stored.length !== rank) || elementCount(shape) !== elementCount(stored)) {
    throw new GraphError(`a weight of ${formatShape(stored)} cannot be stored as ${layout}`);
  }
  return shape;
}

/** MONAI's element order → the graph's. */
export function toGraphLayout(spec: Pick<WeightSpec, 'layout' | 'storedShape'>, stored: Float32Array): Float32Array {
  const { block, permutation } = LAYOUTS[spec.layout];
  return permuteBlock(stored, block(spec.storedShape), permutation);
}

/** The graph's element order → MONAI's. */
export function toStoredLayout(spec: Pick<WeightSpec, 'layout' | 'storedShape'>, elements: Float32Array): Float32Array {
  const { block, permutation } = LAYOUTS[spec.layout];
  const sizes = block(spec.storedShape);
  const permuted: Three = [sizes[permutation[0]] ?? 1, sizes[permutation[1]] ?? 1, sizes[permutation[2]] ?? 1];
  const inverse: Three = [permutation.indexOf(0), permutation.indexOf(1), permutation.indexOf(2)];
  return permuteBlock(elements, permuted, inverse);
}

function permuteBlock(source: Float32Array, sizes: Three, permutation: Three): Float32Array {
  if (permutation === AS_IT_IS) return source.slice();
  const strides: Three = [sizes[1] * sizes[2], sizes[2], 1];
  const [size0, size1, size2] = permutation.map((axis) => sizes[axis] ?? 1);
  const [stride0, stride1, stride2] = permutation.map((axis) => strides[axis] ?? 1);
  if (
    size0 === undefined ||
    size1 === undefined ||
    size2 === undefined ||
    stride0 === undefined ||
    stride1 === undefined ||
    stride2 === undefined
  ) {
    throw new GraphError('a block has three axes');
  }
  const target = new Float32Array(source.length);
  let position = 0;
  for (let i = 0; i < size0; i++) {
    for (let j = 0; j < size1; j++) {
      const start = i * stride0 + j * stride1;
      for (let k = 0; k < size2; k++) target[position++] = source[start + k * stride2] ?? 0;
    }
  }
  return target;
}

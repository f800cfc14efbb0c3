import type { Vec3 } from '../data/types.ts';

/**
 * Squared Euclidean distance in millimetres from each voxel to the nearest voxel of a set, exact, in time linear in the
 * voxels: three passes of lower envelopes of parabolas.
 *
 * @param isMember 1 for voxels of the set; not empty
 * @returns Float64Array of the mask's size
 * @see Felzenszwalb & Huttenlocher, Distance Transforms of Sampled Functions, 2012
 */
export function squaredDistances(isMember: Uint8Array, shape: Vec3, spacing: Vec3): Float64Array {
  const distances = Float64Array.from(isMember, (member) => (member === 0 ? Number.POSITIVE_INFINITY : 0));
  const strides: Vec3 = [shape[1] * shape[2], shape[2], 1];
  const pass = envelopePass(Math.max(...shape));
  for (const axis of [2, 1, 0] as const) {
    const [first, second] = ([0, 1, 2] as const).filter((other) => other !== axis);
    if (first === undefined || second === undefined) continue;
    for (let i = 0; i < shape[first]; i++) {
      for (let j = 0; j < shape[second]; j++)
        pass(distances, i * strides[first] + j * strides[second], strides[axis], shape[axis], spacing[axis]);
    }
  }
  return distances;
}

type Pass = (values: Float64Array, start: number, stride: number, count: number, spacing: number) => void;

/** One line at a time, in place, with working memory for the longest. */
function envelopePass(longest: number): Pass {
  /** Height of the parabola at each position. */
  const heights = new Float64Array(longest);
  /** Positions whose parabolas make the envelope, and where each begins to be the lowest. */
  const vertices = new Int32Array(longest);
  const borders = new Float64Array(longest + 1);

  return (values, start, stride, count, spacing) => {
    let last = -1;
    for (let q = 0; q < count; q++) {
      const height = values[start + q * stride] ?? 0;
      heights[q] = height;
      if (height === Number.POSITIVE_INFINITY) continue;
      const position = q * spacing;
      let border = Number.NEGATIVE_INFINITY;
      while (last >= 0) {
        const vertex = vertices[last] ?? 0;
        const other = vertex * spacing;
        border = (height + position ** 2 - (heights[vertex] ?? 0) - other ** 2) / (2 * (position - other));
        if (border > (borders[last] ?? 0)) break;
        last--;
        border = Number.NEGATIVE_INFINITY;
      }
      last++;
      vertices[last] = q;
      borders[last] = border;
    }
    // A line without any member keeps its infinities for the next axis.
    if (last < 0) return;
    borders[last + 1] = Number.POSITIVE_INFINITY;
    let current = 0;
    for (let q = 0; q < count; q++) {
      while ((borders[current + 1] ?? 0) < q * spacing) current++;
      const vertex = vertices[current] ?? 0;
      values[start + q * stride] = ((q - vertex) * spacing) ** 2 + (heights[vertex] ?? 0);
    }
  };
}

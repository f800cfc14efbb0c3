import { affineFrom, at, determinant, invert, voxelSizes } from '../affine.ts';
import type { Affine } from '../types.ts';

/**
 * The orthogonal matrix nearest to an affine's axes, columns normalised first (no zooms, no shears): the factor U of the
 * polar decomposition, by Newton's iteration Q ← (Q + Q⁻ᵀ) / 2. Reflections stay.
 *
 * @see Higham, Computing the polar decomposition, 1986; nibabel.orientations.io_orientation takes the same factor by SVD
 */
export function polarRotation(affine: Affine): Affine {
  const zooms = voxelSizes(affine);
  let q = affineFrom((r, c) => (c === 3 ? 0 : at(affine, r, c) / (zooms[c] ?? 1)));
  for (let iteration = 0; iteration < 100; iteration++) {
    const inverse = invert(q);
    const previous = q;
    q = affineFrom((r, c) => (c === 3 ? 0 : (at(previous, r, c) + at(inverse, c, r)) / 2));
    const change = Math.max(...previous.flatMap((row, r) => row.map((value, c) => Math.abs(value - at(q, r, c)))));
    if (change < 1e-14) break;
  }
  if (!Number.isFinite(determinant(q))) throw new RangeError('affine is singular');
  return q;
}

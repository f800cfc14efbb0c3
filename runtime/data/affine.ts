import type { Affine, Vec3 } from './types.ts';

/** 4 × 4 affines as plain rows. All functions return new arrays. */

export const IDENTITY: Affine = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
];

/** Element (row, column) of an affine; 0 outside, so that callers need no assertions. */
export function at(affine: Affine, row: number, column: number): number {
  return affine[row]?.[column] ?? 0;
}

/** Builds an affine from a function of (row, column) for the upper 3 × 4 part. */
export function affineFrom(element: (row: number, column: number) => number): Affine {
  const row = (r: number) => [element(r, 0), element(r, 1), element(r, 2), element(r, 3)] as const;
  return [row(0), row(1), row(2), [0, 0, 0, 1]];
}

export function multiply(a: Affine, b: Affine): Affine {
  return affineFrom(
    (r, c) =>
      at(a, r, 0) * at(b, 0, c) + at(a, r, 1) * at(b, 1, c) + at(a, r, 2) * at(b, 2, c) + at(a, r, 3) * at(b, 3, c),
  );
}

export function applyTo(affine: Affine, point: Vec3): Vec3 {
  const coordinate = (r: number) =>
    at(affine, r, 0) * point[0] + at(affine, r, 1) * point[1] + at(affine, r, 2) * point[2] + at(affine, r, 3);
  return [coordinate(0), coordinate(1), coordinate(2)];
}

/** Determinant of the 3 × 3 part. */
export function determinant(a: Affine): number {
  return (
    at(a, 0, 0) * (at(a, 1, 1) * at(a, 2, 2) - at(a, 1, 2) * at(a, 2, 1)) -
    at(a, 0, 1) * (at(a, 1, 0) * at(a, 2, 2) - at(a, 1, 2) * at(a, 2, 0)) +
    at(a, 0, 2) * (at(a, 1, 0) * at(a, 2, 1) - at(a, 1, 1) * at(a, 2, 0))
  );
}

/** Inverse by cofactors. The caller has made sure that the affine is invertible (readers refuse others). */
export function invert(a: Affine): Affine {
  const scale = 1 / determinant(a);
  const cofactor = (r: number, c: number) => {
    const [r1, r2, c1, c2] = [(r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3];
    return at(a, r1, c1) * at(a, r2, c2) - at(a, r1, c2) * at(a, r2, c1);
  };
  const linear = (r: number, c: number) => cofactor(c, r) * scale;
  return affineFrom((r, c) =>
    c < 3 ? linear(r, c) : -(linear(r, 0) * at(a, 0, 3) + linear(r, 1) * at(a, 1, 3) + linear(r, 2) * at(a, 2, 3)),
  );
}

/** Millimetres per voxel along each array axis: the norms of the columns. */
export function voxelSizes(a: Affine): Vec3 {
  const norm = (c: number) => Math.hypot(at(a, 0, c), at(a, 1, c), at(a, 2, c));
  return [norm(0), norm(1), norm(2)];
}

/** Largest absolute difference of two affines. */
export function affineDistance(a: Affine, b: Affine): number {
  let largest = 0;
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 4; c++) largest = Math.max(largest, Math.abs(at(a, r, c) - at(b, r, c)));
  }
  return largest;
}

import { channelsOf } from '../channels.ts';
import { changeInPlace } from '../kernels/voxel-kernels.ts';
import type { Vec3 } from '../types.ts';
import type { Augmentation } from './types.ts';

const DEGREE = 3; // MONAI RandBiasField's default
const SIZE = DEGREE + 1;

/** Exponents (i, j, k) with i + j + k ≤ DEGREE, in the order in which MONAI draws their coefficients. */
const TERMS: readonly Vec3[] = [0, 1, 2, 3].flatMap((i) =>
  [0, 1, 2, 3].flatMap((j) => [0, 1, 2, 3].filter((k) => i + j + k <= DEGREE).map((k): Vec3 => [i, j, k])),
);

/**
 * image · exp(Σ c · Pi(x) Pj(y) Pk(z)) with the given probability: Legendre polynomials on −1 to 1 along each axis, the
 * coefficients uniform in the range.
 *
 * @see MONAI RandBiasField
 */
export const biasField: Augmentation<'bias_field'> = ({ image, shape }, { coefficients, probability }, random) => {
  if (random.uniform() >= probability) return;
  const drawn = TERMS.map(() => random.within(coefficients.from, coefficients.to));
  for (const channel of channelsOf({ shape, data: image })) applyBias(channel, shape, drawn);
};

/** P0 to P3 at one place. */
function legendre(t: number): readonly number[] {
  return [1, t, (3 * t * t - 1) / 2, (5 * t ** 3 - 3 * t) / 2];
}

/** @param coefficients one for each (i, j, k) with i + j + k ≤ 3, k fastest */
export function applyBias(image: Float32Array, [nx, ny, nz]: Vec3, coefficients: readonly number[]): void {
  const along = (size: number) =>
    Array.from({ length: size }, (_, i) => legendre(size === 1 ? -1 : (2 * i) / (size - 1) - 1));
  const [px, py, pz] = [along(nx), along(ny), along(nz)];
  changeInPlace(image, [3 * nz], (pointer, { kernels, pointers: [table = 0], arrays: [powers] }) => {
    if (powers === undefined) return;
    for (const [z, [, p1 = 0, p2 = 0, p3 = 0]] of pz.entries()) {
      powers[z] = p1;
      powers[nz + z] = p2;
      powers[2 * nz + z] = p3;
    }
    let row = pointer;
    for (const x of px) {
      // What is left of the sum in this plane: polynomials in y, one for each power of z.
      const inY = new Float64Array(4 * SIZE);
      TERMS.forEach(([i, j, k], term) => {
        inY[k * SIZE + j] = (inY[k * SIZE + j] ?? 0) + (coefficients[term] ?? 0) * (x[i] ?? 0);
      });
      const at = (k: number, [y0 = 0, y1 = 0, y2 = 0, y3 = 0]: readonly number[]) =>
        (inY[k * SIZE] ?? 0) * y0 +
        (inY[k * SIZE + 1] ?? 0) * y1 +
        (inY[k * SIZE + 2] ?? 0) * y2 +
        (inY[k * SIZE + 3] ?? 0) * y3;
      for (const y of py) {
        kernels.biasRow(row, nz, table, 4 * nz, at(0, y), at(1, y), at(2, y), at(3, y));
        row += 4 * nz;
      }
    }
  });
}

import { changeInPlace } from '../kernels/voxel-kernels.ts';
import type { Vec3 } from '../types.ts';

const TRUNCATE = 4; // MONAI gaussian_1d(truncated=4.0), scipy.ndimage.gaussian_filter

/** erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, all terms of one sign. @see Abramowitz and Stegun 7.1.6 */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** The Gaussian's integral over each voxel, out to four deviations. @see MONAI gaussian_1d(approx="erf") */
export function gaussianKernel(sigma: number): Float64Array {
  const tail = Math.floor(Math.max(sigma * TRUNCATE, 0.5) + 0.5);
  const edge = (x: number) => erf((x * Math.SQRT1_2) / sigma);
  return Float64Array.from({ length: 2 * tail + 1 }, (_, i) => (edge(i - tail + 0.5) - edge(i - tail - 0.5)) / 2);
}

/**
 * Blurs in place along each axis in turn, zeros beyond the border.
 *
 * @param sigma voxels along x, y, z
 * @see MONAI GaussianSmooth
 */
export function gaussianFilter(image: Float32Array, shape: Vec3, sigma: Vec3): void {
  const [nx, ny, nz] = shape;
  const axes = [
    { outer: 1, size: nx, step: ny * nz, kernel: gaussianKernel(sigma[0]) },
    { outer: nx, size: ny, step: nz, kernel: gaussianKernel(sigma[1]) },
    { outer: nx * ny, size: nz, step: 1, kernel: gaussianKernel(sigma[2]) },
  ].map((axis) => ({ ...axis, tail: (axis.kernel.length - 1) / 2 }));
  const room = Math.max(...axes.map(({ size, step, tail }) => (size + 2 * tail) * step));
  const longest = Math.max(...axes.map(({ tail }) => tail + 1));
  changeInPlace(image, [longest, room], (pointer, { kernels, pointers: [weights = 0, padded = 0], arrays: [half] }) => {
    for (const { outer, size, step, kernel, tail } of axes) {
      half?.set(kernel.subarray(tail));
      kernels.filterAxis(pointer, outer, size * step, step, weights, tail, padded);
    }
  });
}

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
  filterAxis(image, 1, nx, ny * nz, gaussianKernel(sigma[0]));
  filterAxis(image, nx, ny, nz, gaussianKernel(sigma[1]));
  filterAxis(image, nx * ny, nz, 1, gaussianKernel(sigma[2]));
}

/** Convolves the middle axis of an [outer, size, inner] array with a symmetric kernel. */
function filterAxis(image: Float32Array, outer: number, size: number, inner: number, kernel: Float64Array): void {
  const tail = (kernel.length - 1) / 2;
  const block = size * inner;
  const margin = tail * inner;
  const padded = new Float32Array(block + 2 * margin);
  const centre = kernel[tail] ?? 0;
  for (let start = 0; start < outer * block; start += block) {
    padded.set(image.subarray(start, start + block), margin);
    for (let i = 0; i < block; i++) {
      let sum = centre * (padded[i + margin] ?? 0);
      for (
        let k = 1, low = i + margin - inner, high = i + margin + inner;
        k <= tail;
        k++, low -= inner, high += inner
      ) {
        sum += (kernel[tail + k] ?? 0) * ((padded[low] ?? 0) + (padded[high] ?? 0));
      }
      image[start + i] = sum;
    }
  }
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyBias } from '../../../runtime/data/augment/bias-field.ts';
import { reverse } from '../../../runtime/data/augment/flip.ts';
import { adjustContrast } from '../../../runtime/data/augment/gamma.ts';
import { coarsen } from '../../../runtime/data/augment/low-resolution.ts';
import { KERNELS_SOURCE_SHA256 } from '../../../runtime/data/kernels/kernels-wasm.ts';
import { placePatch, scaleAndShift } from '../../../runtime/data/kernels/voxel-kernels.ts';
import { randomStream } from '../../../runtime/data/random.ts';
import { gaussianFilter, gaussianKernel } from '../../../runtime/data/transforms/gaussian.ts';
import type { Vec3 } from '../../../runtime/data/types.ts';

/** Sides that are no multiples of the four values that a kernel takes at once. */
const ODD: Vec3 = [3, 7, 5];
const ADDRESS = { seed: 9, purpose: 'gaussian_noise', epoch: 2, step: 3, item: 1 } as const;

function wave([x, y, z]: Vec3): Float32Array {
  return Float32Array.from({ length: x * y * z }, (_, i) => Math.sin(i * 0.7) + (i % 5));
}

function largestDifference(a: Float32Array, b: ArrayLike<number>): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

describe('the compiled kernels', () => {
  it('were made from the source as it is; `npm run kernels` makes them anew', () => {
    const source = readFileSync(new URL('../../../runtime/data/kernels/kernels.as', import.meta.url));
    expect(createHash('sha256').update(source).digest('hex')).toBe(KERNELS_SOURCE_SHA256);
  });

  it.each([0, 1, 2, 3, 4, 6])('add the normal numbers that the stream would give after %i uniform ones', (before) => {
    const [one, all] = [randomStream(ADDRESS), randomStream(ADDRESS)];
    for (let i = 0; i < before; i++) expect(one.uniform()).toBe(all.uniform());
    const values = new Float32Array(1003).fill(2);
    all.addNormal(values, 0.5);
    const expected = Array.from(values, () => 2 + 0.5 * one.normal());
    expect(largestDifference(values, expected)).toBeLessThan(2e-6);
  });

  it('give normal numbers out to the tails: mean, deviation, and the shares beyond two and four deviations', () => {
    const values = new Float32Array(1_000_000);
    randomStream(ADDRESS).addNormal(values, 1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const beyond = (limit: number) => values.filter((value) => Math.abs(value) > limit).length / values.length;
    expect(Math.abs(mean)).toBeLessThan(4e-3);
    expect(Math.abs(variance - 1)).toBeLessThan(6e-3);
    expect(Math.abs(beyond(2) - 0.0455)).toBeLessThan(1e-3);
    expect(Math.abs(beyond(4) - 6.33e-5)).toBeLessThan(4e-5);
  });

  it.each([0.3, 1, 2.5])('raise to the power of %f, zero included', (power) => {
    const image = wave(ODD);
    const [min, max] = [Math.min(...image), Math.max(...image)];
    const range = max - min;
    const expected = Array.from(image, (value) => ((value - min) / (range + 1e-7)) ** power * range + min);
    adjustContrast(image, power, { invert: false, retainStats: false });
    expect(largestDifference(image, expected)).toBeLessThan(2e-6);
    expect(image.every(Number.isFinite)).toBe(true);
  });

  it.each([0.3, 0.7, 1.5, 4.5])(
    'raise to the power of %f within 4 units in the last place of what is raised, down to the smallest',
    (power) => {
      const image = Float32Array.from({ length: 4001 }, (_, i) => (i === 0 ? 0 : 2 ** ((1 - i) / 200)));
      const before = image.slice();
      adjustContrast(image, power, { invert: false, retainStats: false });
      const worst = image.reduce((most, value, i) => {
        const exact = ((before[i] ?? 0) / (1 + 1e-7)) ** power;
        return exact === 0 ? most : Math.max(most, Math.abs(value / exact - 1));
      }, 0);
      expect(worst).toBeLessThan(4 * Math.max(1, power) * 2 ** -23);
      expect(image[0]).toBe(0);
    },
  );

  it.each([['x'], ['y'], ['z'], ['x', 'z'], ['x', 'y', 'z'], ['z', 'z']] as const)(
    'reverse along %s %s %s',
    (...axes) => {
      const [nx, ny, nz] = ODD;
      const label = Int32Array.from({ length: 2 * nx * ny * nz }, (_, i) => i - 9);
      const at = (i: number, size: number, axis: 'x' | 'y' | 'z') =>
        axes.filter((each) => each === axis).length === 1 ? size - 1 - i : i;
      const expected = label.map((_, i) => {
        const [c, x, y, z] = [
          Math.floor(i / (nx * ny * nz)),
          Math.floor(i / (ny * nz)) % nx,
          Math.floor(i / nz) % ny,
          i % nz,
        ];
        return label[((c * nx + at(x, nx, 'x')) * ny + at(y, ny, 'y')) * nz + at(z, nz, 'z')] ?? 0;
      });
      reverse(label, ODD, axes);
      expect([...label]).toEqual([...expected]);
    },
  );

  it('change a patch in their own memory as any other array, also while that memory grows', () => {
    const sides: Vec3 = [61, 62, 63];
    const given = wave(sides);
    const { image, label } = placePatch(given.length, given.length);
    image.set(given);
    label.fill(7);
    const changes = [
      (data: Float32Array) => scaleAndShift(data, 1.1, -0.3),
      (data: Float32Array) => adjustContrast(data, 1.4, { invert: true, retainStats: true }),
      (data: Float32Array) => reverse(data, sides, ['y', 'z']),
      (data: Float32Array) => gaussianFilter(data, sides, [1, 0.5, 0.7]),
      (data: Float32Array) => coarsen(data, sides, 0.6),
      (data: Float32Array) => applyBias(data, sides, [0.1, -0.2, 0.3, ...new Array(17).fill(0.05)]),
      (data: Float32Array) => randomStream(ADDRESS).addNormal(data, 0.2),
    ];
    for (const change of changes) {
      change(given);
      change(image);
    }
    expect(Buffer.compare(Buffer.from(image.slice().buffer), Buffer.from(given.buffer))).toBe(0);
    expect(label.every((value) => value === 7)).toBe(true);
  });

  it('keep a constant image, and what lies behind the last voxel, as they are', () => {
    const whole = new Float32Array(12).fill(3);
    adjustContrast(whole.subarray(0, 10), 2, { invert: false, retainStats: false });
    expect([...whole]).toEqual(new Array(12).fill(3));
  });

  it('multiply by the exponential of a polynomial, however long the rows are', () => {
    const image = wave(ODD);
    const before = image.slice();
    // c0 + c1·z + c2·P2(z) + c3·P3(z), the same in each row; terms with k fastest begin with i = j = 0.
    const coefficients = [0.2, -0.5, 0.8, 1.1, ...new Array(16).fill(0)];
    applyBias(image, ODD, coefficients);
    const expected = Array.from(before, (value, i) => {
      const t = (2 * (i % 5)) / 4 - 1;
      return value * Math.exp(0.2 - 0.5 * t + (0.8 * (3 * t * t - 1)) / 2 + (1.1 * (5 * t ** 3 - 3 * t)) / 2);
    });
    expect(largestDifference(image, expected)).toBeLessThan(5e-5);
  });

  it('blur with zeros beyond the border, also where the kernel is longer than the image', () => {
    const image = wave(ODD);
    const before = image.slice();
    gaussianFilter(image, ODD, [0.1, 0.1, 1.5]);
    const kernel = gaussianKernel(1.5);
    const tail = (kernel.length - 1) / 2;
    const sides = (gaussianKernel(0.1)[Math.floor(gaussianKernel(0.1).length / 2)] ?? 0) ** 2;
    const expected = Array.from(before, (_, i) => {
      const [row, z] = [i - (i % 5), i % 5];
      return sides * [0, 1, 2, 3, 4].reduce((sum, k) => sum + (before[row + k] ?? 0) * (kernel[tail + k - z] ?? 0), 0);
    });
    expect(largestDifference(image, expected)).toBeLessThan(5e-6);
  });
});

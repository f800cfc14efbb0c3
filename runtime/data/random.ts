import { changeInPlace } from './kernels/voxel-kernels.ts';

/**
 * Random numbers as a pure function of where they are used. Nothing is carried from step to step, so that a resumed run
 * and a run with other numbers of workers draw the same.
 *
 * @see Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011 (Philox 4x32-10)
 */

/** What numbers are drawn for. Each purpose has a stream of its own: adding a transform shifts no other's numbers. */
export const PURPOSES = {
  split: 1,
  epochOrder: 2,
  patch: 3,
  phantom: 4,
  // One for each augmentation.
  flip: 16,
  rotate90: 17,
  intensity_scale: 18,
  intensity_shift: 19,
  gaussian_noise: 20,
  affine: 21,
  elastic: 22,
  gamma: 23,
  gaussian_smooth: 24,
  low_resolution: 25,
  bias_field: 26,
} as const;

export type Purpose = keyof typeof PURPOSES;

export interface Address {
  readonly seed: number;
  readonly purpose: Purpose;
  readonly epoch?: number;
  readonly step?: number;
  /** Which item of a step, subject of a data set, … */
  readonly item?: number;
  /** Which of several uses for one purpose, such as the second `gamma` of an `augment` block. */
  readonly occurrence?: number;
}

export interface RandomStream {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Uniform in [from, to). */
  within(from: number, to: number): number;
  /** Uniform integer from 0 to n − 1. */
  integer(n: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** Adds scale · normal to each value, in float32: the numbers that `normal` would give, up to rounding. */
  addNormal(values: Float32Array, scale: number): void;
}

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** Upper 32 bits of a 32 × 32 bit product, by 16-bit halves so that every step is exact in a double. */
function multiplyHigh(a: number, bLow: number, bHigh: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + ((middle / 0x10000) | 0) + ((cross / 0x10000) | 0)) | 0;
}

/** One block of Philox 4x32-10: four counters and two keys (uint32) → four random uint32. */
export function philox(counter: Uint32Array, key0: number, key1: number, result: Uint32Array): void {
  let c0 = (counter[0] ?? 0) | 0;
  let c1 = (counter[1] ?? 0) | 0;
  let c2 = (counter[2] ?? 0) | 0;
  let c3 = (counter[3] ?? 0) | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(c0, MULTIPLIER_0 & 0xffff, MULTIPLIER_0 >>> 16);
    const high1 = multiplyHigh(c2, MULTIPLIER_1 & 0xffff, MULTIPLIER_1 >>> 16);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  result[0] = c0;
  result[1] = c1;
  result[2] = c2;
  result[3] = c3;
}

/** Purposes and occurrences share one word of the key. */
const OCCURRENCE_STRIDE = 256;

/** The stream of one address: key = (seed, purpose and occurrence), counter = (block, item, step, epoch). */
export function randomStream({ seed, purpose, epoch = 0, step = 0, item = 0, occurrence = 0 }: Address): RandomStream {
  const key = PURPOSES[purpose] + OCCURRENCE_STRIDE * occurrence;
  const counter = Uint32Array.of(0, item, step, epoch);
  const block = new Uint32Array(4);
  let used = 4;
  let spare: number | null = null;
  const next = (): number => {
    if (used === 4) {
      philox(counter, seed, key, block);
      counter[0] = (counter[0] ?? 0) + 1;
      used = 0;
    }
    return block[used++] ?? 0;
  };
  const uniform = () => next() / 2 ** 32;
  const normal = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    // 1 − u keeps the logarithm finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    uniform,
    within: (from, to) => from + (to - from) * uniform(),
    integer: (n) => Math.floor(uniform() * n),
    normal,
    addNormal: (values, scale) => {
      // Up to the next block of four numbers one by one, whole blocks by the kernel, 16 numbers at once.
      let first = 0;
      for (; first < values.length && (spare !== null || used !== 4); first++) {
        values[first] = (values[first] ?? 0) + scale * normal();
      }
      const count = Math.ceil((values.length - first) / 16) * 16;
      changeInPlace(values.subarray(first), [], (pointer, { kernels }) =>
        kernels.addNormal(pointer, count, scale, counter[0] ?? 0, item, step, epoch, seed, key),
      );
      counter[0] = (counter[0] ?? 0) + count / 4;
    },
  };
}

/** Fisher–Yates; the input stays as it is. */
export function shuffled<T>(items: readonly T[], random: RandomStream): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const [a, b] = [result[i], result[j]];
    if (a !== undefined && b !== undefined) {
      result[i] = b;
      result[j] = a;
    }
  }
  return result;
}

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
} as const;

export type Purpose = keyof typeof PURPOSES;

export interface Address {
  readonly seed: number;
  readonly purpose: Purpose;
  readonly epoch?: number;
  readonly step?: number;
  /** Which item of a step, subject of a data set, … */
  readonly item?: number;
}

export interface RandomStream {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Uniform integer from 0 to n − 1. */
  integer(n: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
}

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** Upper 32 bits of a 32 × 32 bit product. */
function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const cross = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/** One block of Philox 4x32-10: four counters and two keys (uint32) → four random uint32. */
export function philox(counter: Uint32Array, key0: number, key1: number, result: Uint32Array): void {
  let [c0, c1, c2, c3] = [counter[0] ?? 0, counter[1] ?? 0, counter[2] ?? 0, counter[3] ?? 0];
  let [k0, k1] = [key0 >>> 0, key1 >>> 0];
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  result[0] = c0;
  result[1] = c1;
  result[2] = c2;
  result[3] = c3;
}

/** The stream of one address: key = (seed, purpose), counter = (block, item, step, epoch). */
export function randomStream({ seed, purpose, epoch = 0, step = 0, item = 0 }: Address): RandomStream {
  const counter = Uint32Array.of(0, item, step, epoch);
  const block = new Uint32Array(4);
  let used = 4;
  let spare: number | null = null;
  const next = (): number => {
    if (used === 4) {
      philox(counter, seed, PURPOSES[purpose], block);
      counter[0] = (counter[0] ?? 0) + 1;
      used = 0;
    }
    return block[used++] ?? 0;
  };
  const uniform = () => next() / 2 ** 32;
  return {
    uniform,
    integer: (n) => Math.floor(uniform() * n),
    normal: () => {
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

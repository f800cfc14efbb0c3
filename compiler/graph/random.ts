/**
 * Seeded random numbers for initial weights: sfc32 (Chris Doty-Humphrey's Small Fast Counter, 128 bits of state), whose
 * state is the seed and the FNV-1a hash of a name, with twelve rounds to mix. One stream a tensor, so that a layer keeps
 * its initial weights when another is added. Only integer arithmetic and IEEE doubles: the same everywhere.
 */
export interface RandomStream {
  /** Uniform in [0, 1), a multiple of 2⁻³². */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

export function randomStream(seed: number, name: string): RandomStream {
  let a = seed | 0;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = hashOf(name);
  let counter = 1;

  function next(): number {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + result) | 0;
    return result >>> 0;
  }

  function uniform(): number {
    return next() / 2 ** 32;
  }

  for (let round = 0; round < 12; round++) next();
  let spare: number | null = null;
  return {
    uniform,
    /** Marsaglia's polar method: two at a time. */
    normal() {
      if (spare !== null) {
        const kept = spare;
        spare = null;
        return kept;
      }
      for (;;) {
        const x = 2 * uniform() - 1;
        const y = 2 * uniform() - 1;
        const square = x * x + y * y;
        if (square === 0 || square >= 1) continue;
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        spare = y * factor;
        return x * factor;
      }
    },
  };
}

function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return hash;
}

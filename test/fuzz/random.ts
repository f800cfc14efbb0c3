/** Cheap reproducible randomness: the n-th input of a seed is the same on every machine. */
export interface Random {
  /** 0 ≤ n < limit */
  below(limit: number): number;
  oneOf<T>(items: readonly T[]): T;
  /** True once in `times`. */
  oneIn(times: number): boolean;
}

/** mulberry32. @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function randomAt(seed: number, index: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) | 0;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit);
  };
  return {
    below,
    oneOf: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('nothing to choose from');
      return item;
    },
    oneIn: (times) => below(times) === 0,
  };
}

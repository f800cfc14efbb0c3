import { describe, expect, it } from 'vitest';
import { philox, randomStream, shuffled } from '../../../runtime/data/random.ts';

describe('Philox 4x32-10', () => {
  // Random123, tests/kat_vectors: philox4x32 10 rounds.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published numbers for counter %j', (counter, [key0 = 0, key1 = 0], expected) => {
    const result = new Uint32Array(4);
    philox(Uint32Array.from(counter), key0, key1, result);
    expect([...result]).toEqual(expected);
  });
});

describe('a stream', () => {
  const first = (address: Parameters<typeof randomStream>[0]) => {
    const random = randomStream(address);
    return Array.from({ length: 6 }, random.uniform);
  };

  it('depends on its address and on nothing else', () => {
    const address = { seed: 42, purpose: 'patch', epoch: 3, step: 7, item: 1 } as const;
    expect(first(address)).toEqual(first(address));
  });

  it('differs in every part of the address', () => {
    const address = { seed: 42, purpose: 'patch', epoch: 3, step: 7, item: 1 } as const;
    const others = [{ seed: 43 }, { purpose: 'flip' as const }, { epoch: 4 }, { step: 8 }, { item: 2 }];
    const streams = [first(address), ...others.map((change) => first({ ...address, ...change }))];
    expect(new Set(streams.flat()).size).toBe(streams.flat().length);
  });

  it('is uniform, and normal', () => {
    const random = randomStream({ seed: 1, purpose: 'phantom' });
    const n = 40_000;
    const uniform = Array.from({ length: n }, random.uniform);
    expect(uniform.reduce((a, b) => a + b) / n).toBeCloseTo(0.5, 2);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    const normal = Array.from({ length: n }, random.normal);
    expect(normal.reduce((a, b) => a + b) / n).toBeCloseTo(0, 1);
    expect(normal.reduce((sum, value) => sum + value * value, 0) / n).toBeCloseTo(1, 1);
  });
});

describe('shuffled', () => {
  it('keeps every item and leaves the input alone', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const result = shuffled(items, randomStream({ seed: 5, purpose: 'split' }));
    expect(result).not.toEqual(items);
    expect([...result].sort((a, b) => a - b)).toEqual(items);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentiles } from '../../../runtime/data/transforms/percentiles.ts';

describe('percentiles', () => {
  it('are those of the sorted numbers', () => {
    const number = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -3, max: 3 }).map(Math.fround),
    );
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (list, rank) => {
          const image = Float32Array.from(list);
          const sorted = image.slice().sort();
          const position = ((sorted.length - 1) * rank) / 100;
          const [a = 0, b = 0] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
          // + 0: minus zero is zero.
          expect(percentiles(image, [0, rank, 100]).map((value) => value + 0)).toEqual([
            (sorted[0] ?? 0) + 0,
            a + (b - a) * (position - Math.floor(position)) + 0,
            (sorted.at(-1) ?? 0) + 0,
          ]);
        },
      ),
    );
  });
});

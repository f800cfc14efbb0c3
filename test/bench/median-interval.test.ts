import { describe, expect, it } from 'vitest';
import { medianInterval } from '../../bench/harness/median-interval.ts';

describe('the interval that a median lies in', () => {
  it.each([
    [6, 1, 6],
    [8, 1, 8],
    [9, 2, 8],
    [11, 2, 10],
    [12, 3, 10],
    [20, 6, 15],
  ])('of %i values is from the %i. to the %i., as tables of the sign test have it', (count, low, high) => {
    const values = Array.from({ length: count }, (_, i) => i + 1).reverse();
    expect(medianInterval(values)).toEqual([low, high]);
  });

  it('cannot be told from five', () => {
    expect(medianInterval([1, 2, 3, 4, 5])).toBeNull();
  });
});

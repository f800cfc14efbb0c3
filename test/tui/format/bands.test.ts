import { describe, expect, it } from 'vitest';
import { shortDollars, shortDurations } from '../../../tui/format/bands.ts';

describe('a band in few columns', () => {
  it.each([
    [0.02, 0.1, '$0.02–0.10'],
    [0.05, 1.3, '$0.05–1.3'],
    [3.1, 7.4, '$3.1–7.4'],
    [0, 0, '$0'],
  ])('$%f to $%f is %s: both ends as exact below 1', (low, high, text) => {
    expect(shortDollars({ low, high })).toBe(text);
  });

  it('takes the unit of its upper end', () => {
    expect(shortDurations({ low: 0.9, high: 2.1 })).toBe('0.9–2.1 s');
    expect(shortDurations(null)).toBe('–');
  });
});

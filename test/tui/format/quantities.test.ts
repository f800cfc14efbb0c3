import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatDuration,
  formatFlops,
  formatNumber,
  plural,
} from '../../../tui/format/quantities.ts';

describe('quantities as a person reads them', () => {
  it('bytes', () => {
    expect([0, 1023, 1024, 1.5 * 1024 ** 2, 23.5 * 1024 ** 3].map(formatBytes)).toEqual([
      '0 B',
      '1023 B',
      '1.00 KiB',
      '1.50 MiB',
      '23.5 GiB',
    ]);
  });

  it('durations carry into the next unit', () => {
    expect([0.04, 9.94, 9.96, 59.6, 61, 3599, 3600, 86_399, 90_000].map(formatDuration)).toEqual([
      '0.0 s',
      '9.9 s',
      '10 s',
      '1 min 00 s',
      '1 min 01 s',
      '59 min 59 s',
      '1 h 00 min',
      '1 d 00 h',
      '1 d 01 h',
    ]);
    expect(formatDuration(Number.NaN)).toBe('–');
  });

  it('clocks', () => {
    expect([0, 65, 3725].map(formatClock)).toEqual(['0:00', '1:05', '1:02:05']);
  });

  it('numbers keep what matters of rates and losses', () => {
    expect([0, 1, 0.84213, 1e-4, 5.85e-4, 12.3456, 160, 2.5e7].map(formatNumber)).toEqual([
      '0',
      '1',
      '0.8421',
      '1e-4',
      '5.85e-4',
      '12.35',
      '160',
      '2.5e7',
    ]);
    expect([Number.NaN, Number.NEGATIVE_INFINITY].map(formatNumber)).toEqual(['NaN', '-Infinity']);
  });

  it('operations and counts', () => {
    expect(formatFlops(3.51e9)).toBe('3.51 GFLOP');
    expect([plural(1, 'case'), plural(2100, 'step')]).toEqual(['1 case', '2,100 steps']);
  });
});

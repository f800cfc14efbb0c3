import { describe, expect, it } from 'vitest';
import type { Result } from '../../bench/harness/record.ts';
import { reportOf } from '../../bench/report/report.ts';

const MACHINE: Result['machine'] = {
  cpu: 'A processor',
  cores: 2,
  vectors: ['avx2'],
  memoryBytes: 24 * 2 ** 30,
  system: 'linux',
  node: '20.0.0',
  python: '3.11.7',
  torch: '2.13.0',
  monai: '1.6.1',
};

function result(changes: Partial<Result>): Result {
  return {
    bench: 'step',
    case: 'SegResNet-16, 96³',
    subject: 'exp',
    metrics: { step_seconds: [2, 1, 3] },
    quick: false,
    at: '2026-11-30T08:00:00.000Z',
    commit: 'abc1234',
    machine: MACHINE,
    conditions: { loadBefore: 0.1, loadAfter: 2, othersCores: 0.05 },
    ...changes,
  };
}

const rowsOf = (report: string) => report.split('\n').filter((line) => line.startsWith('| SegResNet-16'));

describe('the performance report', () => {
  it('shows medians with their spread, and how many times as long the peer takes', () => {
    const peer = result({ subject: 'MONAI tuned', metrics: { step_seconds: [4, 5, 3] } });
    expect(rowsOf(reportOf([result({}), peer]))).toEqual([
      '| SegResNet-16, 96³ | exp | 2.00 (1.00–3.00) |  |',
      '| SegResNet-16, 96³ | MONAI tuned | 4.00 (3.00–5.00) | 2.00× |',
    ]);
  });

  it('takes the newest measurement of a case, a whole one before a quick one, and says which is quick', () => {
    const older = result({ metrics: { step_seconds: [9] } });
    const newer = result({ metrics: { step_seconds: [8] } });
    const quick = result({ metrics: { step_seconds: [7] }, quick: true });
    expect(rowsOf(reportOf([older, newer, quick]))).toEqual(['| SegResNet-16, 96³ | exp | 8.00 |']);
    expect(rowsOf(reportOf([quick]))).toEqual(['| SegResNet-16, 96³ (quick) | exp | 7.00 |']);
  });

  it('says on which machine, when, of which commit and beside what each figure was taken', () => {
    const report = reportOf([
      result({}),
      result({ case: 'other', conditions: { loadBefore: 9, loadAfter: 9, othersCores: null } }),
    ]);
    expect(report).toContain(
      'Machine: 2 × A processor (avx2); 24 GiB; linux; Node 20.0.0; Python 3.11.7, PyTorch 2.13.0, MONAI 1.6.1.',
    );
    expect(report).toContain(
      '- SegResNet-16, 96³: 2026-11-30 08:00 UTC, commit abc1234, load 0.1 before and 2 after, others: 0.05 cores',
    );
    expect(report).toContain(
      '- other: 2026-11-30 08:00 UTC, commit abc1234, load 9 before and 9 after, others: not counted',
    );
  });

  it('leaves out benches that were never run', () => {
    expect(reportOf([result({})])).not.toContain('## Leaks');
  });
});

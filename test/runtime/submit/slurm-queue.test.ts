import { describe, expect, it } from 'vitest';
import { parseSacct, parseSqueue } from '../../../runtime/submit/slurm-queue.ts';

/** As SLURM 22.05 prints. */

describe('what squeue says', () => {
  it('is a job for each index of an array, with the reason why it waits or the node that it is on', () => {
    const text = '12|1|RUNNING|None|n1|1:02|13\n12|2|PENDING|Resources||0:00|12\n';
    expect(parseSqueue(text)).toEqual([
      { job: '12_1', part: 1, state: 'RUNNING', detail: 'n1', elapsed: '1:02' },
      { job: '12_2', part: 2, state: 'PENDING', detail: 'Resources', elapsed: '0:00' },
    ]);
  });

  it('is one job without an array', () => {
    expect(parseSqueue('7|N/A|COMPLETED|None|n1|0:11|7\n')).toEqual([
      { job: '7', part: 1, state: 'COMPLETED', detail: 'n1', elapsed: '0:11' },
    ]);
  });
});

describe('what sacct says', () => {
  it('leaves out steps and what still waits, and who cancelled', () => {
    const text =
      '12_1|COMPLETED|n1|00:01:02\n12_[3-4]|PENDING|None assigned|00:00:00\n12_2|CANCELLED by 1000|n1|00:00:09\n';
    expect(parseSacct(text)).toEqual([
      { job: '12_1', part: 1, state: 'COMPLETED', detail: 'n1', elapsed: '00:01:02' },
      { job: '12_2', part: 2, state: 'CANCELLED', detail: 'n1', elapsed: '00:00:09' },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { OutOfMemoryError } from '../../../runtime/errors.ts';
import { type ExitEvidence, explainExit, memoryOutlook } from '../../../runtime/run/explain-exit.ts';
import { describeFailure } from '../../../runtime/training/failure.ts';
import { tinyPlanFile } from '../../helpers/tiny-plan.ts';

const GB = 1e9;

const quiet: ExitEvidence = {
  exitCode: null,
  signal: 'SIGKILL',
  killedByUs: false,
  peakRssBytes: 1 * GB,
  memoryUsedBytes: 4 * GB,
  memoryTotalBytes: 16 * GB,
  kernelKilledForMemory: false,
  logTail: '',
};

function planned(batchSize: number, activationPeakBytes: number) {
  const file = tinyPlanFile({ patch: [96, 96, 96], batchSize: 1 });
  const facts = { ...file.plan.facts, stateBytes: 1 * GB, activationPeakBytes };
  return { ...file, plan: { ...file.plan, batchSize, facts } };
}

describe('a trainer that ended without a word', () => {
  it('was killed, when memory was not short', () => {
    const { status, error } = explainExit(quiet, tinyPlanFile());
    expect(status).toBe('killed');
    expect(error).toMatchObject({ code: 'EXP4601', message: 'the trainer was killed (SIGKILL)' });
    expect(error.help).toContain('exp resume');
  });

  it.each([
    ['its own memory had reached the machine’s', { peakRssBytes: 15.5 * GB }],
    ['the machine’s memory was used up', { memoryUsedBytes: 15.8 * GB }],
    ['the kernel counted a kill', { kernelKilledForMemory: true }],
  ])('ran out of memory, when %s', (_, changes) => {
    const { status, error } = explainExit({ ...quiet, ...changes }, planned(4, 12 * GB));
    expect(status).toBe('failed');
    expect(error.code).toBe('EXP4502');
  });

  it('is told with estimate, peak, and the line and value to change: a smaller batch first', () => {
    const { error } = explainExit({ ...quiet, peakRssBytes: 15.5 * GB }, planned(4, 16 * GB));
    expect(error).toEqual({
      code: 'EXP4502',
      message:
        'out of memory: training with patch 96x96x96 and batch_size 4 was planned to take 23.5 GB and had reached 15.5 GB of 16.0 GB',
      help: 'batch_size: 2 should fit',
      location: 'tiny.exp:13:15',
    });
  });

  it('is told to take a smaller patch where the batch is one already', () => {
    const { error } = explainExit({ ...quiet, kernelKilledForMemory: true }, planned(1, 20 * GB));
    expect(error).toMatchObject({ help: 'patch: 72x72x72 should fit', location: 'tiny.exp:12:10' });
  });

  it('is told of no patch where the network alone is too much', () => {
    const small = { ...quiet, memoryTotalBytes: 0.5 * GB, kernelKilledForMemory: true };
    const { help } = explainExit(small, planned(1, 20 * GB)).error;
    expect(help).toBe('no patch fits into 0.5 GB: it takes a smaller network, or more memory');
  });

  it('ran out of memory as well when an allocation failed and the process aborted', () => {
    const aborted = {
      ...quiet,
      signal: 'SIGABRT',
      logTail: "terminate called after throwing 'std::bad_alloc'\n",
    } as const;
    expect(explainExit(aborted, tinyPlanFile()).error.code).toBe('EXP4502');
  });

  it('crashed, with the last line that it printed', () => {
    const crashed = { ...quiet, exitCode: 134, signal: null, logTail: 'one\nFatal: two\n' };
    const { status, error } = explainExit(crashed, tinyPlanFile());
    expect(status).toBe('failed');
    expect(error.message).toBe('the trainer crashed (exit code 134): Fatal: two');
  });

  it('is not suspected of memory when we killed it ourselves', () => {
    const ours = { ...quiet, killedByUs: true, memoryUsedBytes: 15.9 * GB };
    expect(explainExit(ours, tinyPlanFile()).status).toBe('killed');
  });
});

describe('an allocation that failed in the engine', () => {
  it('names the setting to change, which the engine does not know', () => {
    const error = describeFailure(
      new OutOfMemoryError('TensorFlow ran out of memory in the graph.'),
      planned(1, 100 * GB),
    );
    expect(error).toMatchObject({ code: 'EXP4502', location: 'tiny.exp:12:10' });
    expect(error.message).toMatch(/^TensorFlow ran out of memory in the graph: training with patch 96x96x96 /);
    expect(error.help).toMatch(/^patch: \d+x\d+x\d+ should fit$/);
  });
});

describe('a plan before it starts on a machine', () => {
  it.each([
    [64, { kind: 'fits' }],
    [24, { kind: 'tight', help: 'patch: 92x92x92 should fit' }],
    [12, { kind: 'impossible', help: 'patch: 68x68x68 should fit' }],
  ])('with %i GB', (gigabytes, outlook) => {
    const { plan } = planned(1, 16 * GB);
    expect(memoryOutlook(plan, gigabytes * GB)).toMatchObject(outlook);
  });

  it('is told with both figures where it cannot fit', () => {
    expect(memoryOutlook(planned(1, 16 * GB).plan, 12 * GB)).toMatchObject({
      message: 'training with patch 96x96x96 and batch_size 1 is planned to take 23.5 GB, and this machine has 12.0 GB',
    });
  });
});

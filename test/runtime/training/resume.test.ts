import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SGD } from '../../helpers/models.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';
import { expectStatus, tinyRuns } from './tiny-run.ts';

const runs = tinyRuns();
const base = tinyPlan().schedule;
const earlyStop = { patienceEpochs: 50, watch: base.keepBest };
const byEpochs = { schedule: { ...base, epochs: 3, earlyStop } };
const bySteps = { schedule: { ...byEpochs.schedule, checkpointEvery: { unit: 'steps', value: 3 } } } as const;

/** What an undisturbed run comes to. */
let expected: { readonly weightsHash: string | null; readonly metrics: Readonly<Record<string, number>> };

beforeAll(async () => {
  const { finished } = await runs.train(runs.create(byEpochs));
  expected = { weightsHash: finished.weightsHash, metrics: finished.metrics };
}, 120_000);

async function expectSameEnd(runDir: string): Promise<void> {
  const end = await runs.train(runDir, { resume: true });
  expectStatus(end, 'completed', 0);
  expect(end.finished).toMatchObject({ ...expected, step: 12 });
}

describe('a run that is resumed ends with the very weights of an undisturbed one', { timeout: 120_000 }, () => {
  it('after it was killed before the first checkpoint: it begins again', async () => {
    const runDir = runs.create(byEpochs);
    expectStatus(await runs.train(runDir, { disturb: 'SIGKILL step 2' }), 'killed', 2);
    await expectSameEnd(runDir);
  });

  it('after it was killed in the middle of an epoch', async () => {
    const runDir = runs.create(byEpochs);
    expectStatus(await runs.train(runDir, { disturb: 'SIGKILL step 6' }), 'killed', 2);
    await expectSameEnd(runDir);
  });

  it('after it was killed twice, with checkpoints in the middle of epochs and data workers', async () => {
    const runDir = runs.create({ ...bySteps, workers: 2 });
    expectStatus(await runs.train(runDir, { disturb: 'SIGKILL step 5' }), 'killed', 2);
    const again = await runs.train(runDir, { resume: true, disturb: 'SIGKILL step 11' });
    expectStatus(again, 'killed', 2);
    expect(again.events[0]).toMatchObject({ type: 'run_started', resumedFromStep: 3 });
    await expectSameEnd(runDir);
  });

  it('after it was killed in a validation', async () => {
    const runDir = runs.create(byEpochs);
    expectStatus(await runs.train(runDir, { disturb: 'SIGKILL validation_started 2' }), 'killed', 2);
    await expectSameEnd(runDir);
  });

  it('after it was asked to stop in the middle of an epoch: nothing is done twice', async () => {
    const runDir = runs.create(byEpochs);
    const stopped = await runs.train(runDir, { disturb: 'SIGTERM step 6' });
    expectStatus(stopped, 'stopped', 130);
    expect(stopped.finished).toMatchObject({ epoch: 2, step: 6 });
    const resumed = await runs.train(runDir, { resume: true });
    expectStatus(resumed, 'completed', 0);
    expect(resumed.finished).toMatchObject(expected);
    const steps = resumed.events.flatMap((event) => (event.type === 'step' ? [event.step] : []));
    expect(steps).toEqual([7, 8, 9, 10, 11, 12]);
  });

  it('after it was asked to stop in a validation: no step is done twice', async () => {
    const runDir = runs.create(byEpochs);
    const stopped = await runs.train(runDir, { disturb: 'SIGUSR2 validation_started 2' });
    expectStatus(stopped, 'stopped', 130);
    const resumed = await runs.train(runDir, { resume: true });
    expectStatus(resumed, 'completed', 0);
    expect(resumed.finished).toMatchObject(expected);
    expect(resumed.events.find((event) => event.type === 'step')).toMatchObject({ step: 9 });
  });

  it('after it was killed between the last validation and its checkpoint', async () => {
    const runDir = runs.create(byEpochs);
    expectStatus(await runs.train(runDir, { disturb: 'SIGKILL validation_finished 12' }), 'killed', 2);
    await expectSameEnd(runDir);
  });

  it('with a moving average of the weights, by which it is validated, and SGD', async () => {
    const optimizer = { ...SGD, ema: 0.9 };
    const undisturbed = await runs.train(runs.create({ ...byEpochs, optimizer }));
    const runDir = runs.create({ ...byEpochs, optimizer });
    expectStatus(await runs.train(runDir, { disturb: 'SIGKILL step 10' }), 'killed', 2);
    const end = await runs.train(runDir, { resume: true });
    expectStatus(end, 'completed', 0);
    const { weightsHash, metrics } = undisturbed.finished;
    expect(end.finished).toMatchObject({ weightsHash, metrics, step: 12 });
  });

  it('after its newest checkpoint was damaged: it falls back to the one before, and says so', async () => {
    const runDir = runs.create(byEpochs);
    await runs.train(runDir, { disturb: 'SIGKILL step 10' });
    truncateSync(join(runDir, 'checkpoints/last/optimizer.safetensors'), 1000);
    const end = await runs.train(runDir, { resume: true });
    expectStatus(end, 'completed', 0);
    expect(end.finished).toMatchObject(expected);
    expect(end.events[0]).toMatchObject({ resumedFromStep: 4 });
    const warnings = end.events.filter((event) => event.type === 'log' && event.level === 'warning');
    expect(warnings).toMatchObject([{ message: expect.stringContaining('has 1000 bytes instead of') }]);
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVolume } from '../../../runtime/data/nifti/read.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';
import { expectStatus, outline, tinyRuns } from './tiny-run.ts';

const runs = tinyRuns();
const { schedule, optimizer, dataset } = tinyPlan();

describe('a trainer process', { timeout: 120_000 }, () => {
  it('trains, validates, keeps checkpoints, predicts, and says all of it', async () => {
    const runDir = runs.create();
    const end = await runs.train(runDir);
    expectStatus(end, 'completed', 0);
    const epoch = ['epoch_started', 'step', 'epoch_finished', 'validation_started', 'validation_case'];
    const both = [1, 2].flatMap(() => [...epoch, 'validation_finished', 'checkpoint']);
    const beginning = ['run_started', 'engine', 'data', 'model'];
    expect(outline(end.events)).toEqual([...beginning, ...both, 'prediction', 'run_finished']);
    expect(end.finished).toMatchObject({ epoch: 2, step: 8, error: null });
    expect(end.finished.metrics).toMatchObject({
      'train.loss': expect.any(Number),
      'val.dice': end.finished.best?.value,
      'test.dice': expect.any(Number),
    });
    for (const path of ['last/optimizer.safetensors', 'best/weights.safetensors'])
      expect(existsSync(join(runDir, 'checkpoints', path)), path).toBe(true);
    const [prediction] = end.events.filter((event) => event.type === 'prediction');
    const volume = readVolume(join(runDir, prediction?.path ?? ''));
    expect([...new Set(volume.data)].every((label) => label === 0 || label === 1)).toBe(true);
  });

  it('learns: the loss of the last epoch is well below that of the first', async () => {
    const plan = { schedule: { ...schedule, epochs: 12, validateEveryEpochs: 12 } };
    const end = await runs.train(runs.create(plan));
    const losses = end.events.flatMap((event) =>
      event.type === 'epoch_finished' ? [event.metrics['train.loss'] ?? Number.NaN] : [],
    );
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? 0));
  });

  it('exits with 3 when an expectation does not hold, and says which', async () => {
    const end = await runs.train(
      runs.create({
        expectations: [
          { metric: 'val.dice', operator: '<=', value: 1 },
          { metric: 'test.dice', operator: '>', value: 1 },
        ],
      }),
    );
    expectStatus(end, 'completed', 3);
    expect(end.finished.expectations.map(({ text, held }) => [text, held])).toEqual([
      ['val.dice <= 1', true],
      ['test.dice > 1', false],
    ]);
  });

  it('stops early when the watched metric no longer improves', async () => {
    const earlyStop = { patienceEpochs: 2, watch: schedule.keepBest };
    const frozen = { optimizer: { ...optimizer, learningRate: 1e-12 } };
    const end = await runs.train(runs.create({ ...frozen, schedule: { ...schedule, epochs: 9, earlyStop } }));
    expectStatus(end, 'early_stopped', 0);
    expect(end.finished).toMatchObject({ epoch: 3, best: { epoch: 1 } });
  });

  it('fails with the step, the line and the last good checkpoint when the loss is no longer a number', async () => {
    const runDir = runs.create({
      optimizer: { ...optimizer, learningRate: 1e30 },
      schedule: { ...schedule, checkpointEvery: { unit: 'steps', value: 1 }, lrSchedule: { kind: 'constant' } },
    });
    const end = await runs.train(runDir);
    expectStatus(end, 'failed', 2);
    expect(end.finished.error).toMatchObject({
      code: 'EXP4201',
      message: expect.stringMatching(/^the (loss|gradient) of step \d is (NaN|Infinity)/),
      location: 'tiny.exp:20:5',
    });
    expect(end.finished.error?.help).toMatch(/checkpoints\/last, of step \d/);
  });

  it('fails with the path and the line when there is no such data set', async () => {
    const source = { layout: 'bids', root: 'nowhere', image: 'T1w', label: 'dseg', derivative: null } as const;
    const end = await runs.train(runs.create({ dataset: { ...dataset, source } }));
    expectStatus(end, 'failed', 2);
    expect(end.finished.error).toMatchObject({ code: 'EXP4101', location: 'tiny.exp:3:3' });
    expect(end.finished.error?.message).toContain('nowhere');
  });

  it('refuses to continue with another plan', async () => {
    const runDir = runs.create();
    await runs.train(runDir, { disturb: 'SIGTERM step 2' });
    const path = join(runDir, 'plan.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), planId: 'ab'.repeat(32) }));
    const end = await runs.train(runDir, { resume: true });
    expectStatus(end, 'failed', 2);
    expect(end.finished.error).toMatchObject({ code: 'EXP4301', message: expect.stringContaining('another plan') });
  });
});

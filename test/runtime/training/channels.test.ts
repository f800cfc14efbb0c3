import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../compiler/plan/schema.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';
import { expectStatus, tinyRuns } from './tiny-run.ts';

const runs = tinyRuns();
const { model, dataset, schedule } = tinyPlan();

/** Two images a subject; a network of two channels. */
const two: Partial<Plan> = {
  dataset: { ...dataset, source: { layout: 'phantom', subjects: 6, size: 24, seed: 3, channels: 2 } },
  model: { ...model, inChannels: 2 },
  schedule: { ...schedule, epochs: 8, checkpointEvery: { unit: 'steps', value: 3 } },
  augment: [
    { kind: 'flip', axes: ['x', 'y', 'z'], probability: 0.5 },
    { kind: 'affine', rotation: [10, 10, 10], scale: { from: 0.9, to: 1.1 }, translation: [1, 1, 1], probability: 0.5 },
    { kind: 'gamma', range: { from: 0.8, to: 1.2 }, invert: false, retainStats: true, probability: 0.5 },
    { kind: 'gaussian_noise', std: 0.05, probability: 0.5 },
  ],
};

describe('a run on two channels', { timeout: 240_000 }, () => {
  it('learns, predicts, and ends with the same weights after it was killed, with data workers and a cache on disk', async () => {
    const runDir = runs.create(two);
    const undisturbed = await runs.train(runDir);
    expectStatus(undisturbed, 'completed', 0);
    const { weightsHash, metrics } = undisturbed.finished;
    const losses = undisturbed.events.flatMap((event) =>
      event.type === 'epoch_finished' ? event.metrics['train.loss'] : [],
    );
    expect(losses.at(-1)).toBeLessThan(0.9 * (losses[0] ?? 0));
    const prediction = undisturbed.events.find((event) => event.type === 'prediction');
    expect(existsSync(join(runDir, prediction?.path ?? 'none'))).toBe(true);

    const again = runs.create({ ...two, workers: 2, cache: 'disk' });
    expectStatus(await runs.train(again, { disturb: 'SIGKILL step 8' }), 'killed', 2);
    const resumed = await runs.train(again, { resume: true });
    expectStatus(resumed, 'completed', 0);
    expect(resumed.finished).toMatchObject({ weightsHash, metrics });
  });

  it('ends before its first step where the data have another number of channels', async () => {
    const runDir = runs.create({ ...two, model: { ...model, inChannels: 3 } });
    const end = await runs.train(runDir);
    expectStatus(end, 'failed', 2);
    expect(end.finished.error?.message).toMatch(/hold 2 channels, and the model takes 3/);
  });
});

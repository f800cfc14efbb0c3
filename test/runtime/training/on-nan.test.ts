import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../compiler/plan/schema.ts';
import { readVolume } from '../../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../../runtime/data/nifti/write.ts';
import { writePhantomDataset } from '../../../runtime/data/phantom/write-dataset.ts';
import type { RunEvent, RunEventOf } from '../../../runtime/events/schema.ts';
import { temporaryFolder } from '../../helpers/cli.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';
import { expectStatus, tinyRuns } from './tiny-run.ts';

/** One training subject of four has voxels of 3e38, as a broken export may: one step of each epoch overflows. */
const SPOILT = 'sub-002';
const runs = tinyRuns();
const { dataset, schedule } = tinyPlan();
const root = join(temporaryFolder(), 'spoilt');

function planOf(onNan: Plan['schedule']['onNan']): Partial<Plan> {
  const source = { layout: 'bids', root, image: 'T1w', label: 'desc-manual_dseg', derivative: null } as const;
  return {
    dataset: { ...dataset, source, intensity: { kind: 'none' } },
    schedule: { ...schedule, epochs: 3, checkpointEvery: { unit: 'steps', value: 1 }, onNan },
  };
}

const skip = planOf({ kind: 'skip', limit: 3 });

function of<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): RunEventOf<T>[] {
  return events.filter((event): event is RunEventOf<T> => event.type === type);
}

beforeAll(() => {
  writePhantomDataset(root, { subjects: 6, size: 24, seed: 3 });
  const path = join(root, SPOILT, 'anat', `${SPOILT}_T1w.nii.gz`);
  const volume = readVolume(path);
  writeNifti(path, { ...volume, data: volume.data.map((value, voxel) => (voxel % 3 === 0 ? 3e38 : value)) });
});

describe('a step that is no number', { timeout: 120_000 }, () => {
  it('ends a run, with the step, the tensor, the subject, the checkpoint and what to do', async () => {
    const end = await runs.train(runs.create(planOf({ kind: 'stop' })));
    expectStatus(end, 'failed', 2);
    const step = of(end.events, 'step').length + 1;
    expect(end.finished.error?.message).toBe(`the loss of step ${step} is NaN (cases ${SPOILT})`);
    const kept = step === 1 ? 'no checkpoint was written yet' : `checkpoints/last, of step ${step - 1}`;
    expect(end.finished.error?.help).toContain(kept);
    expect(end.finished.error?.help).toContain('on_nan: skip(limit: 10)');
    expect(end.finished.error?.location).toBe('tiny.exp:20:5');
  });

  it('is left out where the plan says so: recorded, and not counted into the loss', async () => {
    const end = await runs.train(runs.create(skip));
    expectStatus(end, 'completed', 0);
    const skipped = of(end.events, 'step_skipped');
    expect(skipped.map(({ tensor, what, cases, skipped: count }) => [tensor, what, cases, count])).toEqual(
      [1, 2, 3].map((count) => ['loss', 'NaN', [SPOILT], count]),
    );
    expect(of(end.events, 'step')).toHaveLength(9);
    for (const { epoch, metrics } of of(end.events, 'epoch_finished')) {
      const losses = of(end.events, 'step').flatMap((step) => (step.epoch === epoch ? [step.loss] : []));
      expect(metrics['train.loss']).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 3, 10);
    }
  });

  it('is left out by a resumed run in the same way, which ends with the same weights', async () => {
    const undisturbed = await runs.train(runs.create(skip));
    const [first, second] = of(undisturbed.events, 'step_skipped').map(({ step }) => step);
    for (const step of [first, second]) {
      const runDir = runs.create(skip);
      expectStatus(await runs.train(runDir, { disturb: `SIGKILL step_skipped ${step}` }), 'killed', 2);
      const end = await runs.train(runDir, { resume: true });
      expectStatus(end, 'completed', 0);
      expect(end.finished.weightsHash).toBe(undisturbed.finished.weightsHash);
      expect(of(end.events, 'step_skipped').at(-1)).toMatchObject({ skipped: 3, limit: 3 });
    }
  });

  it('ends a run that has left out as many as it may', async () => {
    const end = await runs.train(runs.create(planOf({ kind: 'skip', limit: 2 })));
    expectStatus(end, 'failed', 2);
    expect(end.finished.error?.message).toMatch(/^the loss of step \d+ is NaN .*; 2 such steps were left out before/);
    expect(end.finished.epoch).toBe(3);
  });
});

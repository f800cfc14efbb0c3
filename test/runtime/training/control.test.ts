import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import { followEvents } from '../../../runtime/events/read.ts';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import { listPreviews } from '../../../runtime/previews/preview.ts';
import { readPreview } from '../../../runtime/previews/read.ts';
import { askTrainer, type ControlRequest, takeRequests } from '../../../runtime/run/control.ts';
import { launchTrainer } from '../../../runtime/run/launch.ts';
import { createRun } from '../../../runtime/run/run-folder.ts';
import { openControlDesk } from '../../../runtime/training/control-desk.ts';
import { tinyPlanFile } from '../../helpers/tiny-plan.ts';
import { bundlePrograms } from '../../helpers/trainer-bundle.ts';

describe('wishes in the run folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'voxel-exp-control-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are taken once, oldest first', () => {
    expect(takeRequests(folder)).toEqual([]);
    askTrainer(folder, 'validate', 1_700_000_000_002);
    askTrainer(folder, 'pause', 1_700_000_000_001);
    askTrainer(folder, 'pause', 1_700_000_000_003);
    expect(takeRequests(folder)).toEqual(['pause', 'validate', 'pause']);
    expect(takeRequests(folder)).toEqual([]);
  });

  it('are looked for ten times a second at most, and not those of an attempt before', () => {
    let now = 0;
    askTrainer(folder, 'pause');
    const desk = openControlDesk(folder, () => now);
    askTrainer(folder, 'checkpoint');
    askTrainer(folder, 'stop');
    expect([desk.take(), desk.requested]).toEqual([[], false]);
    now = 150;
    expect([desk.requested, desk.take(), desk.take()]).toEqual([true, ['checkpoint'], []]);
    now = 300;
    expect(desk.requested).toBe(true);
  });
});

describe('a trainer that is asked for something', () => {
  let folder = '';
  let entry = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'voxel-exp-control-'));
    [entry = ''] = await bundlePrograms('runtime/training/trainer-main.ts', 'runtime/data/worker-main.ts');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Trains, and asks when it is told of what. */
  async function train(wishes: (event: RunEvent) => readonly ControlRequest[]) {
    const planFile = tinyPlanFile({ schedule: { ...tinyPlanFile().plan.schedule, epochs: 3 } });
    const where = { runsDir: join(folder, 'runs'), source: '', sourcePath: 'tiny.exp', baseDir: folder };
    const { dir } = createRun({ ...where, planFile });
    const located = locateBinding();
    const binding = located === null ? {} : { EXP_ENGINE_BINDING: located.path };
    const environment = { ...process.env, ...binding, EXP_CACHE_DIR: join(folder, 'cache') };
    const trainer = await launchTrainer(dir, { entry, environment });
    const events: RunEvent[] = [];
    for await (const event of followEvents(dir)) {
      events.push(event);
      for (const wish of wishes(event)) askTrainer(dir, wish);
    }
    return { dir, events, ...(await trainer.ended) };
  }

  const count = (events: readonly RunEvent[], type: RunEvent['type']) =>
    events.filter((event) => event.type === type).length;

  it('pauses, writes a checkpoint, validates and goes on, and ends with the same weights to the bit', async () => {
    const undisturbed = await train(() => []);
    const asked = await train((event) => {
      // A pause holds the trainer where the next wish finds it.
      if (event.type === 'model') return ['pause'];
      if (event.type === 'paused') return ['checkpoint', 'validate'];
      if (event.type === 'validation_finished' && event.asked) return ['continue'];
      return [];
    });
    expect([count(asked.events, 'paused'), count(asked.events, 'continued')]).toEqual([1, 1]);
    expect(asked.events.filter((event) => event.type === 'validation_finished' && event.asked)).toHaveLength(1);
    expect(count(asked.events, 'checkpoint')).toBeGreaterThan(count(undisturbed.events, 'checkpoint'));
    expect(asked.finished.status).toBe('completed');
    expect(asked.finished.weightsHash).toBe(undisturbed.finished.weightsHash);
    expect(asked.finished.best).toEqual(undisturbed.finished.best);
    expect(asked.finished.metrics).toEqual(undisturbed.finished.metrics);
  });

  it('stops with a checkpoint, also while it is paused', async () => {
    const { finished, exitCode } = await train((event) => {
      if (event.type === 'model') return ['pause'];
      return event.type === 'paused' ? ['stop'] : [];
    });
    expect([finished.status, exitCode]).toEqual(['stopped', 130]);
  });

  it('leaves previews of its validation cases, on one grid', async () => {
    const { dir } = await train(() => []);
    const [only] = listPreviews(dir);
    const preview = readPreview(dir, only?.caseId ?? '');
    expect(preview?.shape).toEqual([22, 22, 26]);
    expect(new Set(preview?.truth)).toEqual(new Set([0, 1]));
    expect(Math.max(...(preview?.image ?? []))).toBeGreaterThan(200);
    expect(existsSync(join(dir, 'previews', `${only?.caseId}_truth.nii.gz`))).toBe(true);
  });
});

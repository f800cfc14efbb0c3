import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Plan } from '../../../compiler/plan/schema.ts';
import { followEvents } from '../../../runtime/events/read.ts';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import { launchTrainer, type TrainerEnd, type TrainerProcess } from '../../../runtime/run/launch.ts';
import { createRun } from '../../../runtime/run/run-folder.ts';
import { engineEnvironment } from '../../helpers/engine-environment.ts';
import { tinyPlanFile } from '../../helpers/tiny-plan.ts';
import { bundlePrograms } from '../../helpers/trainer-bundle.ts';

/** Real trainer processes on tiny runs, with whatever engine the machine has. */

export interface TinyRuns {
  /** A new run folder, in a place of the test's own unless `runsDir` says where. */
  create(changes?: Partial<Plan>, runsDir?: string): string;
  /** Starts the trainer, and leaves it to the test. */
  launch(runDir: string, options?: { readonly resume?: boolean; readonly disturb?: string }): Promise<TrainerProcess>;
  /**
   * Starts the trainer, collects its events as they come, and waits for its end.
   *
   * @param disturb a signal right behind an event: `SIGKILL step 6`, `SIGTERM validation_started 2` (of epoch 2)
   */
  train(
    runDir: string,
    options?: { readonly resume?: boolean; readonly disturb?: string },
  ): Promise<TrainerEnd & { readonly events: readonly RunEvent[] }>;
}

export function tinyRuns(): TinyRuns {
  let folder = '';
  let entry = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'voxel-exp-runs-'));
    // The worker program has to lie where the data module looks for it.
    [entry = ''] = await bundlePrograms('test/runtime/training/disturbed-trainer.ts', 'runtime/data/worker-main.ts');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // Phantoms go into a cache of the test's own; the engine stays the machine's.
  const environment = (disturbance: string) => ({
    ...engineEnvironment(join(folder, 'cache')),
    EXP_TEST_DISTURBANCE: disturbance,
  });

  const launch: TinyRuns['launch'] = (runDir, { resume = false, disturb = '' } = {}) =>
    launchTrainer(runDir, { resume, entry, environment: environment(disturb) });

  return {
    create: (changes = {}, runsDir = join(folder, 'runs')) =>
      createRun({
        runsDir,
        planFile: tinyPlanFile(changes),
        source: '',
        sourcePath: 'tiny.exp',
        baseDir: folder,
      }).dir,

    launch,

    train: async (runDir, options = {}) => {
      const trainer = await launch(runDir, options);
      const events: RunEvent[] = [];
      let live = false;
      for await (const event of followEvents(runDir)) {
        // Those of earlier attempts stand before this one's first.
        live ||= event.type === 'run_started' && event.pid === trainer.pid;
        if (!live) continue;
        events.push(event);
      }
      return { ...(await trainer.ended), events };
    },
  };
}

/** The types of events in order, repeats and the clock's own left out. */
export function outline(events: readonly RunEvent[]): readonly string[] {
  const types = events.map(({ type }) => type).filter((type) => type !== 'system');
  return types.filter((type, i) => type !== types[i - 1]);
}

export function expectStatus(end: TrainerEnd, status: TrainerEnd['finished']['status'], exitCode: number): void {
  expect([end.finished.status, end.exitCode, end.finished.error?.message ?? null]).toEqual([
    status,
    exitCode,
    expect.toSatisfy((message: string | null) => (message === null) === (status !== 'failed' && status !== 'killed')),
  ]);
}

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../compiler/plan/schema.ts';
import type { RunEventOf } from '../../../runtime/events/schema.ts';
import { EventWriter } from '../../../runtime/events/write.ts';
import { findGarbage, removeGarbage } from '../../../runtime/run/garbage.ts';
import { acquireLock } from '../../../runtime/run/lock.ts';
import { setPinned } from '../../../runtime/run/pin.ts';
import { createRun, type RunFolder } from '../../../runtime/run/run-folder.ts';
import { bodyOf } from '../../helpers/run-events.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { mlflowTrack, tinyPlanFile } from '../../helpers/tiny-plan.ts';

const CHECKPOINTS = ['best', 'best.previous', 'last', 'last.previous'];
const BYTES = 1000;

let minute = 0;

/** A run of an hour of its own, with all of its checkpoints. */
function run(
  runsDir: string,
  status: RunEventOf<'run_finished'>['status'] | null,
  changes: Partial<Plan> = {},
): RunFolder {
  const file = tinyPlanFile();
  const folder = createRun({
    runsDir,
    planFile: { ...file, plan: { ...file.plan, ...changes } },
    source: '',
    sourcePath: 'tiny.exp',
    baseDir: runsDir,
    now: new Date(2026, 10, 1, 0, minute++),
  });
  const events = new EventWriter(folder.dir);
  events.write(bodyOf('run_started'));
  if (status !== null) events.write(bodyOf('run_finished', { status }));
  events.close();
  for (const name of CHECKPOINTS) {
    mkdirSync(join(folder.dir, 'checkpoints', name), { recursive: true });
    writeFileSync(join(folder.dir, 'checkpoints', name, 'weights.safetensors'), Buffer.alloc(BYTES));
  }
  return folder;
}

function garbageOf(runsDir: string, { id }: RunFolder, options = { keep: 0, best: false }) {
  const found = findGarbage(runsDir, options).find((garbage) => garbage.run.id === id);
  return {
    paths: (found?.removable ?? []).map(({ path }) => path.replace('checkpoints/', '')).sort(),
    kept: found?.kept ?? null,
  };
}

describe('what nothing needs any more', () => {
  it('is of an old run that ended well all but its best', () => {
    const runsDir = temporaryFolder();
    const old = run(runsDir, 'completed');
    expect(garbageOf(runsDir, old)).toEqual({ paths: ['best.previous', 'last', 'last.previous'], kept: 'best' });
    expect(garbageOf(runsDir, old, { keep: 0, best: true }).paths).toEqual(CHECKPOINTS);
  });

  it.each(['failed', 'killed', 'stopped', null] as const)('is of an old run that is %s all', (status) => {
    const runsDir = temporaryFolder();
    expect(garbageOf(runsDir, run(runsDir, status)).paths).toEqual(CHECKPOINTS);
  });

  it('is of the newest runs of an experiment only what is kept while another is written, once they are over', () => {
    const runsDir = temporaryFolder();
    const [old, failed, newest] = [run(runsDir, 'completed'), run(runsDir, 'failed'), run(runsDir, 'completed')];
    const keep = { keep: 2, best: false };
    expect(garbageOf(runsDir, newest, keep)).toEqual({ paths: ['best.previous', 'last.previous'], kept: 'newest 2' });
    expect(garbageOf(runsDir, failed, keep).paths).toEqual([]);
    expect(garbageOf(runsDir, old, keep).paths).toContain('last');
  });

  it('is nothing of a run that somebody works on', () => {
    const runsDir = temporaryFolder();
    const running = run(runsDir, null);
    acquireLock(running.dir);
    expect(garbageOf(runsDir, running).paths).toEqual([]);
  });

  it('leaves best and last of a run that is pinned, or that another plan starts from, or that is not delivered', () => {
    const runsDir = temporaryFolder();
    const pinned = run(runsDir, 'completed');
    setPinned(pinned.dir, true);
    const parent = run(runsDir, 'completed');
    const { model } = tinyPlanFile().plan;
    run(runsDir, 'completed', { model: { ...model, weights: `${parent.id}/checkpoints/best` } });
    const tracked = run(runsDir, 'completed', { track: mlflowTrack('organ') });
    const paths = ['best.previous', 'last.previous'];
    expect(garbageOf(runsDir, pinned)).toEqual({ paths, kept: 'pinned' });
    expect(garbageOf(runsDir, parent)).toEqual({ paths, kept: 'used by a plan' });
    expect(garbageOf(runsDir, tracked)).toEqual({ paths, kept: 'not delivered' });
    setPinned(pinned.dir, false);
    expect(garbageOf(runsDir, pinned).kept).toBe('best');
  });

  it('is measured, and goes when it is told to; plan, record and journal stay', () => {
    const runsDir = temporaryFolder();
    const old = run(runsDir, 'failed');
    const [found] = findGarbage(runsDir, { keep: 0, best: false });
    expect(found?.bytes).toBe(CHECKPOINTS.length * BYTES);
    expect(existsSync(join(old.dir, 'checkpoints/best'))).toBe(true);
    if (found !== undefined) removeGarbage(found);
    expect(CHECKPOINTS.filter((name) => existsSync(join(old.dir, 'checkpoints', name)))).toEqual([]);
    expect(['plan.json', 'events.jsonl', 'run.json'].every((name) => existsSync(join(old.dir, name)))).toBe(true);
    expect(findGarbage(runsDir, { keep: 0, best: false })).toEqual([]);
  });
});

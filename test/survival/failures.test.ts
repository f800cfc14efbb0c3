import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { followEvents, readEvents } from '../../runtime/events/read.ts';
import { smallDisk } from '../helpers/small-disk.ts';
import { tinyPlan } from '../helpers/tiny-plan.ts';
import { expectStatus, outline, tinyRuns } from '../runtime/training/tiny-run.ts';

/** What may befall a run from outside, each with a real trainer: a clear message, and nothing is lost that was saved. */

const runs = tinyRuns();
const { schedule } = tinyPlan();
const plan = { schedule: { ...schedule, epochs: 3, checkpointEvery: { unit: 'steps', value: 1 } } } as const;
let undisturbed: string | null = null;

beforeAll(async () => {
  undisturbed = (await runs.train(runs.create(plan))).finished.weightsHash;
}, 120_000);

async function expectGoesOn(runDir: string): Promise<void> {
  const end = await runs.train(runDir, { resume: true });
  expectStatus(end, 'completed', 0);
  expect(end.finished.weightsHash).toBe(undisturbed);
}

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

/** Takes what room there is. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(65_536));
  } catch {
    // Full.
  } finally {
    closeSync(file);
  }
}

async function untilEvent(runDir: string, type: string): Promise<void> {
  for await (const event of followEvents(runDir)) if (event.type === type) return;
}

describe('a disk', { timeout: 120_000 }, () => {
  it('that is full costs the steps since the last checkpoint, and says so', async (test) => {
    const disk = smallDisk(300);
    if (disk === null) return test.skip('only root may mount');
    const runDir = runs.create(plan, join(disk.folder, 'runs'));
    const end = await runs.train(runDir);
    expectStatus(end, 'failed', 2);
    expect(end.finished.error?.message).toContain('the disk is full');
    expect(end.finished.error?.help).toContain('make room');
    disk.remount('size=20m');
    await expectGoesOn(runDir);
  });

  it('that takes not even a line more leaves a record that goes on', async (test) => {
    const disk = smallDisk(8000);
    if (disk === null) return test.skip('only root may mount');
    // Nothing is saved: what fills up is the record itself.
    const never = { ...schedule, epochs: 1000, validateEveryEpochs: 1000 };
    const runDir = runs.create(
      { schedule: { ...never, checkpointEvery: { unit: 'epochs', value: 1000 } } },
      disk.folder,
    );
    const trainer = await runs.launch(runDir);
    await untilEvent(runDir, 'step');
    fill(join(disk.folder, 'other'));
    await expect(trainer.ended).rejects.toThrow('the disk is full');
    expect(readFileSync(join(runDir, 'events.jsonl'), 'utf8')).toMatch(/\}\n$/);
    const before = readEvents(runDir).length;
    rmSync(join(disk.folder, 'other'));
    const resumed = await runs.train(runDir, { resume: true, disturb: 'SIGTERM step 2' });
    expectStatus(resumed, 'stopped', 130);
    expect(readEvents(runDir).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: before + resumed.events.length }, (_, index) => index),
    );
  });

  it('that is read-only is refused before anything starts', async (test) => {
    const disk = smallDisk(20_000);
    if (disk === null) return test.skip('only root may mount');
    const runDir = runs.create(plan, disk.folder);
    expectStatus(await runs.train(runDir, { disturb: 'SIGTERM step 3' }), 'stopped', 130);
    const before = readEvents(runDir).length;
    disk.remount('ro');
    await expect(runs.launch(runDir, { resume: true })).rejects.toThrow('the file system is read-only');
    expect(() => runs.create(plan, disk.folder)).toThrow('the file system is read-only');
    expect(readEvents(runDir)).toHaveLength(before);
    disk.remount('rw');
    await expectGoesOn(runDir);
  });
});

describe('a run folder', { timeout: 120_000 }, () => {
  it('that is deleted under its run ends it, and does not come back', async () => {
    const runDir = runs.create({ schedule: { ...plan.schedule, epochs: 400 } });
    const trainer = await runs.launch(runDir);
    await untilEvent(runDir, 'checkpoint');
    // In one go: what is deleted file by file may be written to meanwhile, and then it is not empty.
    renameSync(runDir, `${runDir}.gone`);
    rmSync(`${runDir}.gone`, { recursive: true });
    await expect(trainer.ended).rejects.toThrow(`${runDir} was deleted or moved while the run went on`);
    expect(existsSync(runDir)).toBe(false);
  });

  it('belongs to one trainer: a second one is refused, however it is started', async () => {
    const runDir = runs.create({ schedule: { ...plan.schedule, epochs: 400 } });
    const trainer = await runs.launch(runDir);
    await untilEvent(runDir, 'step');
    await expect(runs.launch(runDir, { resume: true })).rejects.toThrow(`is in use: process ${trainer.pid} on`);
    trainer.stop();
    expect(await trainer.ended).toMatchObject({ exitCode: 130, finished: { status: 'stopped' } });
    expect(readEvents(runDir).filter(({ type }) => type === 'run_started')).toHaveLength(1);
  });
});

describe('checkpoints', { timeout: 120_000 }, () => {
  it('of which the newest has a flipped bit: the one before goes on, and the record says why', async () => {
    const runDir = runs.create(plan);
    expectStatus(await runs.train(runDir, { disturb: 'SIGKILL step 7' }), 'killed', 2);
    flipBit(join(runDir, 'checkpoints/last/weights.safetensors'));
    const end = await runs.train(runDir, { resume: true });
    expectStatus(end, 'completed', 0);
    expect(end.finished.weightsHash).toBe(undisturbed);
    const warnings = end.events.flatMap((event) =>
      event.type === 'log' && event.level === 'warning' ? [event.message] : [],
    );
    expect(warnings).toEqual([expect.stringContaining('the checksum of weights.safetensors does not match')]);
  });

  it('that are all damaged are named, and the run is left as it is', async () => {
    const runDir = runs.create(plan);
    await runs.train(runDir, { disturb: 'SIGKILL step 7' });
    for (const name of ['last', 'last.previous'])
      truncateSync(join(runDir, `checkpoints/${name}/optimizer.safetensors`), 100);
    const end = await runs.train(runDir, { resume: true });
    expectStatus(end, 'failed', 2);
    expect(end.finished.error).toMatchObject({
      code: 'EXP4301',
      message: expect.stringMatching(/last is damaged: optimizer\.safetensors has 100 bytes/),
      help: expect.stringContaining('no older checkpoint'),
    });
    expect(statSync(join(runDir, 'checkpoints/best')).isDirectory()).toBe(true);
  });

  it('every few minutes: what is lost is what came since', async () => {
    const minutes = { schedule: { ...plan.schedule, checkpointEvery: { unit: 'minutes', value: 1e-9 } } } as const;
    const runDir = runs.create(minutes);
    expectStatus(await runs.train(runDir, { disturb: 'SIGKILL checkpoint 6' }), 'killed', 2);
    const end = await runs.train(runDir, { resume: true });
    expectStatus(end, 'completed', 0);
    expect(end.events[0]).toMatchObject({ resumedFromStep: 6 });
    expect(end.finished.weightsHash).toBe(undisturbed);
  });
});

describe('a clock', { timeout: 120_000 }, () => {
  it.each(['CLOCK-86400', 'CLOCK+86400'])('that jumps (%s) changes nothing but the times', async (jump) => {
    const runDir = runs.create(plan);
    const end = await runs.train(runDir, { disturb: `${jump} step 5` });
    expectStatus(end, 'completed', 0);
    expect(end.finished.weightsHash).toBe(undisturbed);
    expect(end.finished.seconds).toBeLessThan(600);
    expect(end.finished.seconds).toBeGreaterThan(0);
    expect(outline(end.events).at(-1)).toBe('run_finished');
  });

  it('that was wrong by a day, and is right when the run goes on', async () => {
    const runDir = runs.create(plan);
    const killed = await runs.train(runDir, { disturb: 'CLOCK+86400 step 2, SIGKILL step 7' });
    expectStatus(killed, 'killed', 2);
    await expectGoesOn(runDir);
  });
});

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvents } from '../../../runtime/events/read.ts';
import { EventWriter } from '../../../runtime/events/write.ts';
import { launchTrainer } from '../../../runtime/run/launch.ts';
import { liveOwner } from '../../../runtime/run/lock.ts';
import { createRun } from '../../../runtime/run/run-folder.ts';
import { bodyOf } from '../../helpers/run-events.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { tinyPlanFile } from '../../helpers/tiny-plan.ts';

/** A run folder, and a stand-in for the trainer that does what the text says. */
function prepare(script: string): { readonly runDir: string; readonly entry: string } {
  const folder = temporaryFolder();
  const entry = join(folder, 'trainer.mjs');
  writeFileSync(entry, `import { appendFileSync } from 'node:fs';\n${script}`);
  const planFile = tinyPlanFile();
  const run = createRun({ runsDir: folder, planFile, source: '', sourcePath: 'tiny.exp', baseDir: folder });
  return { runDir: run.dir, entry };
}

function append(...bodies: readonly object[]): string {
  return bodies
    .map((body, sequence) => JSON.stringify(`${JSON.stringify({ sequence, time: 1, ...body })}\n`))
    .map((line) => `appendFileSync(process.argv[2] + '/events.jsonl', ${line});\n`)
    .join('');
}

describe('a trainer that is launched', () => {
  it('has the last word, and its own exit code', async () => {
    const { runDir, entry } = prepare(
      `${append(bodyOf('run_started'), bodyOf('run_finished', { status: 'stopped' }))} process.exit(130);`,
    );
    const { exitCode, finished } = await (await launchTrainer(runDir, { entry })).ended;
    expect([exitCode, finished.status]).toEqual([130, 'stopped']);
    expect(readEvents(runDir)).toHaveLength(2);
    expect(liveOwner(runDir)).toBeNull();
  });

  it('that is killed gets a last word from us, with how far it came', async () => {
    const best = bodyOf('validation_finished', { epoch: 2, step: 8, metrics: { 'val.dice': 0.7 }, best: true });
    const { runDir, entry } = prepare(
      `${append(bodyOf('run_started'), best, bodyOf('step', { epoch: 3, step: 9 }))} process.kill(process.pid, 'SIGKILL');`,
    );
    const { exitCode, finished } = await (await launchTrainer(runDir, { entry })).ended;
    expect(exitCode).toBe(2);
    expect(finished).toMatchObject({
      sequence: 3,
      status: 'killed',
      epoch: 3,
      step: 9,
      best: { metric: 'val.dice', value: 0.7, epoch: 2 },
      error: { code: 'EXP4601' },
    });
    expect(readEvents(runDir).at(-1)).toEqual(finished);
  });

  it('that crashes before its first event is named with what it printed', async () => {
    const { runDir, entry } = prepare(`console.error('the binding does not load'); process.exit(1);`);
    const { finished } = await (await launchTrainer(runDir, { entry })).ended;
    expect(finished.error?.message).toBe('the trainer crashed (exit code 1): the binding does not load');
  });

  it('is asked to stop, and ends in its own way', async () => {
    const end = append(bodyOf('run_finished', { status: 'stopped' }));
    const { runDir, entry } = prepare(
      `process.on('SIGTERM', () => { ${end} process.exit(130); });\n` +
        `appendFileSync(process.argv[2] + '/ready', '');\nsetInterval(() => {}, 1000);`,
    );
    const trainer = await launchTrainer(runDir, { entry });
    expect(liveOwner(runDir)?.pid).toBe(trainer.pid);
    await expect.poll(() => existsSync(join(runDir, 'ready'))).toBe(true);
    trainer.stop();
    expect((await trainer.ended).finished.status).toBe('stopped');
  });

  it('is not started twice in one folder', async () => {
    const { runDir, entry } = prepare('setInterval(() => {}, 1000);');
    const trainer = await launchTrainer(runDir, { entry });
    await expect(launchTrainer(runDir, { entry })).rejects.toThrow('is in use');
    trainer.kill();
    expect((await trainer.ended).finished.status).toBe('killed');
  });

  it('is not started again where a run is complete, nor without resuming where one was started', async () => {
    const { runDir, entry } = prepare('');
    const writer = new EventWriter(runDir);
    writer.write(bodyOf('run_started'));
    await expect(launchTrainer(runDir, { entry })).rejects.toThrow('was started before');
    writer.write(bodyOf('run_finished', { status: 'completed' }));
    writer.close();
    await expect(launchTrainer(runDir, { entry, resume: true })).rejects.toThrow('nothing to continue');
    expect(liveOwner(runDir)).toBeNull();
    expect(readEvents(runDir)).toHaveLength(2);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followEvents } from '../../../runtime/events/read.ts';
import { EVENTS_FILE, EventWriter } from '../../../runtime/events/write.ts';
import { acquireLock, handLockTo, releaseLock } from '../../../runtime/run/lock.ts';
import { bodyOf } from '../../helpers/run-events.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

/** Follows to the end, and hands each event over as it comes. */
async function follow(runDir: string, onEvent: (type: string, count: number) => void = () => {}): Promise<string[]> {
  const types: string[] = [];
  for await (const event of followEvents(runDir)) {
    types.push(event.type);
    onEvent(event.type, types.length);
  }
  return types;
}

function write(runDir: string, ...types: readonly ('run_started' | 'step' | 'run_finished')[]): void {
  const writer = new EventWriter(runDir);
  for (const type of types) writer.write(bodyOf(type));
  writer.close();
}

describe('following a run', () => {
  it('gives a run that has ended as a whole, and ends', async () => {
    const runDir = temporaryFolder();
    write(runDir, 'run_started', 'step', 'run_finished');
    expect(await follow(runDir)).toEqual(['run_started', 'step', 'run_finished']);
  });

  it('waits for the first event, then gives each as it is written, to the end', async () => {
    const runDir = temporaryFolder();
    acquireLock(runDir);
    const seen: number[] = [];
    const following = follow(runDir, (type, count) => {
      seen.push(count);
      // Each is written only when the one before has arrived.
      if (type === 'run_started') write(runDir, 'step');
      if (type === 'step') write(runDir, 'run_finished');
      if (type === 'run_finished') releaseLock(runDir);
    });
    write(runDir, 'run_started');
    expect(await following).toEqual(['run_started', 'step', 'run_finished']);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('goes on with a run that is resumed: the lock tells that more will come', async () => {
    const runDir = temporaryFolder();
    write(runDir, 'run_started', 'run_finished');
    acquireLock(runDir);
    const following = follow(runDir, (_, count) => {
      if (count === 2) write(runDir, 'run_started', 'step');
      if (count === 4) {
        write(runDir, 'run_finished');
        releaseLock(runDir);
      }
    });
    expect(await following).toEqual(['run_started', 'run_finished', 'run_started', 'step', 'run_finished']);
  });

  it('waits for the rest of a line that is half written', async () => {
    const runDir = temporaryFolder();
    acquireLock(runDir);
    write(runDir, 'run_started');
    const line = JSON.stringify({ sequence: 1, time: 1, ...bodyOf('run_finished') });
    appendFileSync(join(runDir, EVENTS_FILE), line.slice(0, 30));
    const following = follow(runDir, (type) => {
      if (type !== 'run_started') return;
      appendFileSync(join(runDir, EVENTS_FILE), `${line.slice(30)}\n`);
      releaseLock(runDir);
    });
    expect(await following).toEqual(['run_started', 'run_finished']);
  });

  it('ends when trainer and launcher have died without a word', async () => {
    const runDir = temporaryFolder();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    acquireLock(runDir);
    handLockTo(runDir, child.pid ?? 0);
    write(runDir, 'run_started', 'step');
    const following = follow(runDir, (type) => {
      if (type === 'step') child.kill('SIGKILL');
    });
    expect(await following).toEqual(['run_started', 'step']);
  });

  it('ends when told to', async () => {
    const runDir = temporaryFolder();
    acquireLock(runDir);
    write(runDir, 'run_started');
    const types: string[] = [];
    const controller = new AbortController();
    for await (const event of followEvents(runDir, { signal: controller.signal })) {
      types.push(event.type);
      controller.abort();
    }
    expect(types).toEqual(['run_started']);
  });
});

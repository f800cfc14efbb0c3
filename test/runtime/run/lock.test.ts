import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireLock, handLockTo, liveOwner, releaseLock } from '../../../runtime/run/lock.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { bundlePrograms } from '../../helpers/trainer-bundle.ts';

const LOCK = 'trainer.lock';

async function sleeper() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Changes what the lock says of its owner. */
function rewrite(runDir: string, changes: object): void {
  const path = join(runDir, LOCK);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }));
}

describe('the lock of a run folder', () => {
  it('belongs to who took it until it is released', () => {
    const runDir = temporaryFolder();
    expect(liveOwner(runDir)).toBeNull();
    acquireLock(runDir);
    expect(liveOwner(runDir)?.pid).toBe(process.pid);
    releaseLock(runDir);
    expect(liveOwner(runDir)).toBeNull();
  });

  it('is refused, and not released, while another living process holds it', async () => {
    const runDir = temporaryFolder();
    const other = await sleeper();
    acquireLock(runDir);
    handLockTo(runDir, other.pid ?? 0);
    expect(() => acquireLock(runDir)).toThrow(`is in use: process ${other.pid} on`);
    releaseLock(runDir);
    expect(liveOwner(runDir)?.pid).toBe(other.pid);
  });

  it('is taken over from a process that has died', async () => {
    const runDir = temporaryFolder();
    const other = await sleeper();
    acquireLock(runDir);
    handLockTo(runDir, other.pid ?? 0);
    other.kill('SIGKILL');
    await once(other, 'exit');
    acquireLock(runDir);
    expect(liveOwner(runDir)?.pid).toBe(process.pid);
  });

  it('is taken over from a process whose number now belongs to another', async () => {
    const runDir = temporaryFolder();
    const other = await sleeper();
    acquireLock(runDir);
    handLockTo(runDir, other.pid ?? 0);
    rewrite(runDir, { processStart: 'long ago' });
    expect(liveOwner(runDir)).toBeNull();
    acquireLock(runDir);
  });

  it('holds on another machine as long as its owner touches it', () => {
    const runDir = temporaryFolder();
    acquireLock(runDir);
    rewrite(runDir, { host: 'node-17.cluster' });
    expect(() => acquireLock(runDir)).toThrow('on node-17.cluster');
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(runDir, LOCK), hourAgo, hourAgo);
    acquireLock(runDir);
  });

  it('is nobody’s when a process died while writing it', () => {
    const runDir = temporaryFolder();
    writeFileSync(join(runDir, LOCK), '{"pid": 12');
    acquireLock(runDir);
    expect(liveOwner(runDir)?.pid).toBe(process.pid);
  });

  it('is one process’s alone, however many find the same dead one’s at once', { timeout: 60_000 }, async () => {
    const [program = ''] = await bundlePrograms('test/runtime/run/contender.ts');
    const left = ['{"pid": 12', JSON.stringify({ pid: 2 ** 22 - 1, host: hostname() }), null] as const;
    const folders = Array.from({ length: 60 }, (_, index) => {
      const runDir = temporaryFolder();
      const before = left[index % left.length] ?? null;
      if (before !== null) writeFileSync(join(runDir, LOCK), before);
      return runDir;
    });
    const start = String(Date.now() + 1500);
    const contenders = Array.from({ length: 5 }, () =>
      spawn(process.execPath, [program, start, ...folders], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const won = await Promise.all(contenders.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
    for (const { stdin } of contenders) stdin.end();
    const numbers = won.flatMap((line) => line.match(/\d+/g) ?? []).map(Number);
    expect(numbers.sort((a, b) => a - b)).toEqual(folders.map((_, index) => index));
    expect(folders.flatMap((folder) => readdirSync(folder).filter((name) => name !== LOCK))).toEqual([]);
  });
});

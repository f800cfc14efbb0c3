import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { RunError } from '../errors.ts';
import { hasErrorCode } from '../system/error-code.ts';
import { isProcessAlive } from '../system/is-process-alive.ts';

/**
 * Who works in a run folder. One owner at a time: the trainer, or the launcher that is about to start it. A process that
 * died leaves its lock behind; whoever comes next sees that and takes over.
 */

const LOCK_FILE = 'trainer.lock';

/** A lock from another machine (a shared folder of a cluster) counts as held while its owner touched it this recently. */
const FOREIGN_HEARTBEAT_MS = 120_000;

const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** What tells this process from a later one with the same pid; null where the system does not say. */
  processStart: z.string().nullable(),
  /** The launcher, whose child may take the lock over from it. */
  launcher: z.int().nullable(),
});

export type LockOwner = z.infer<typeof ownerSchema>;

/** The process that works in a run folder, or null: nobody, or one that has died. */
export function liveOwner(runDir: string): LockOwner | null {
  const owner = readOwner(runDir);
  return owner !== null && isAlive(runDir, owner) ? owner : null;
}

/**
 * Takes the lock for this process, also from its own launcher and from the dead.
 *
 * @throws RunError when a living process holds it
 */
export function acquireLock(runDir: string): void {
  const owner = liveOwner(runDir);
  const inherited = owner?.host === hostname() && (owner.pid === process.pid || owner.pid === process.ppid);
  if (owner !== null && !inherited) throw busy(runDir, owner);
  // Between looking and taking, another process may do the same: only one of them creates the file.
  if (owner === null) {
    rmSync(join(runDir, LOCK_FILE), { force: true });
    try {
      write(runDir, ownerOf(process.pid, null), 'wx');
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST')) throw busy(runDir, readOwner(runDir));
      throw error;
    }
  } else {
    replace(runDir, ownerOf(process.pid, null));
  }
}

/** Gives this process's lock to its child, so that there is no moment in which nobody seems to hold it. */
export function handLockTo(runDir: string, pid: number): void {
  replace(runDir, ownerOf(pid, process.pid));
}

/** Frees the lock if it is this process's own or a dead one's. */
export function releaseLock(runDir: string): void {
  const owner = liveOwner(runDir);
  if (owner === null || (owner.host === hostname() && owner.pid === process.pid))
    rmSync(join(runDir, LOCK_FILE), { force: true });
}

/** Tells other machines that share the folder that the owner is alive. */
export function touchLock(runDir: string): void {
  const now = new Date();
  try {
    utimesSync(join(runDir, LOCK_FILE), now, now);
  } catch {
    // Somebody deleted the run folder under us: the next write says so better.
  }
}

function ownerOf(pid: number, launcher: number | null): LockOwner {
  return { pid, host: hostname(), processStart: processStart(pid), launcher };
}

function write(runDir: string, owner: LockOwner, flag: 'wx' | 'w', name = LOCK_FILE): void {
  const file = openSync(join(runDir, name), flag);
  writeSync(file, JSON.stringify(owner));
  closeSync(file);
}

function replace(runDir: string, owner: LockOwner): void {
  const temporary = `${LOCK_FILE}.${process.pid}`;
  write(runDir, owner, 'w', temporary);
  renameSync(join(runDir, temporary), join(runDir, LOCK_FILE));
}

function readOwner(runDir: string): LockOwner | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(join(runDir, LOCK_FILE), 'utf8')));
  } catch {
    // Missing, or half written by a process that died in the act: nobody's.
    return null;
  }
}

function isAlive(runDir: string, owner: LockOwner): boolean {
  if (owner.host !== hostname()) {
    const touched = statSync(join(runDir, LOCK_FILE), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - touched < FOREIGN_HEARTBEAT_MS;
  }
  if (!isProcessAlive(owner.pid)) return false;
  return owner.processStart === null || owner.processStart === processStart(owner.pid);
}

/** When a process started, in whatever form the system tells it; null for none or where nothing tells. */
function processStart(pid: number): string | null {
  if (process.platform === 'linux') {
    try {
      // proc(5): state is field 3, starttime field 22; the command in parentheses may itself hold spaces.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    } catch {
      return null;
    }
  }
  const output = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim();
  return output === undefined || output === '' ? null : output;
}

function busy(runDir: string, owner: LockOwner | null): RunError {
  const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new RunError(`${runDir} is in use: ${who} trains there`, {
    help: 'watch it with `exp watch`, or stop it first',
  });
}

import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { type LockOwner, liveOwnerOf, ownerOf, replaceLock, takeLock, touchLockFile } from '../system/owner-lock.ts';
import { writingTo } from './folder-trouble.ts';

/** Who works in a run folder. One owner at a time: the trainer, or the launcher that is about to start it. */

const LOCK_FILE = 'trainer.lock';

/** The process that works in a run folder, or null: nobody, or one that has died. */
export function liveOwner(runDir: string): LockOwner | null {
  return liveOwnerOf(lockOf(runDir));
}

/**
 * Takes the lock for this process, also from its own launcher and from the dead.
 *
 * @throws RunError when a living process holds it, or the folder cannot be written
 */
export function acquireLock(runDir: string): void {
  const mine = ownerOf(process.pid);
  const holder = writingTo(runDir, () => takeLock(lockOf(runDir), mine));
  if (holder === null) return;
  const inherited =
    holder !== 'unknown' && holder.host === hostname() && (holder.pid === process.pid || holder.pid === process.ppid);
  if (!inherited) throw busy(runDir, holder);
  replaceLock(lockOf(runDir), mine);
}

/** Gives this process's lock to its child, so that there is no moment in which nobody seems to hold it. */
export function handLockTo(runDir: string, pid: number): void {
  replaceLock(lockOf(runDir), ownerOf(pid, process.pid));
}

/** Frees the lock if it is this process's own or a dead one's. */
export function releaseLock(runDir: string): void {
  const owner = liveOwner(runDir);
  if (owner === null || (owner.host === hostname() && owner.pid === process.pid))
    rmSync(lockOf(runDir), { force: true });
}

/** Tells other machines that share the folder that the owner is alive. */
export function touchLock(runDir: string): void {
  touchLockFile(lockOf(runDir));
}

function lockOf(runDir: string): string {
  return join(runDir, LOCK_FILE);
}

function busy(runDir: string, owner: LockOwner | 'unknown'): RunError {
  const who = owner === 'unknown' ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new RunError(`${runDir} is in use: ${who} trains there`, {
    help: 'watch it with `exp watch`, or stop it first',
  });
}

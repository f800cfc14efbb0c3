import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import * as z from 'zod';
import { writeDurably } from './durable.ts';
import { hasErrorCode } from './error-code.ts';
import { isProcessAlive } from './is-process-alive.ts';

/**
 * A file that says which process something belongs to. A process that died leaves its file behind; whoever comes next sees
 * that and takes over. At no moment two processes believe that it is theirs.
 *
 * - The file appears whole, by a link from a temporary one: nobody ever reads half of an owner.
 * - What a dead owner left is replaced only by who holds a second lock, named after those very bytes. Without it, two that
 *   found the dead one at the same time could each remove the other's fresh file.
 */

/** An owner on another machine (a shared folder of a cluster) lives while it touched its file this recently. */
const FOREIGN_HEARTBEAT_MS = 120_000;

const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** What tells this process from a later one with the same pid; null where the system does not say. */
  processStart: z.string().nullable().default(null),
  /** The launcher, whose child may take the lock over from it. */
  launcher: z.int().nullable().default(null),
});

export type LockOwner = z.infer<typeof ownerSchema>;

export function ownerOf(pid: number, launcher: number | null = null): LockOwner {
  return { pid, host: hostname(), processStart: processStart(pid), launcher };
}

/** Who holds a lock; null for nobody, or one that has died. */
export function liveOwnerOf(path: string): LockOwner | null {
  const owner = parseOwner(readText(path));
  return owner !== null && isAlive(path, owner) ? owner : null;
}

/** @returns null when it is now `owner`'s; else whoever was there before: `unknown` for one that has just come */
export function takeLock(path: string, owner: LockOwner): LockOwner | 'unknown' | null {
  if (create(path, owner)) return null;
  const found = readText(path);
  // Released between the two looks: another one may be quicker again, and then it is held.
  if (found === null) return create(path, owner) ? null : (liveOwnerOf(path) ?? 'unknown');
  const holder = parseOwner(found);
  if (holder !== null && isAlive(path, holder)) return holder;

  const inheritance = `${path}.${createHash('sha256').update(found).digest('hex').slice(0, 8)}`;
  const rival = takeLock(inheritance, owner);
  if (rival !== null) return rival;
  try {
    if (readText(path) !== found) return liveOwnerOf(path) ?? 'unknown';
    replaceLock(path, owner);
    return null;
  } finally {
    rmSync(inheritance, { force: true });
  }
}

/** Gives a lock that one holds to another owner, with no moment in which nobody seems to hold it. */
export function replaceLock(path: string, owner: LockOwner): void {
  const temporary = writeTemporary(path, owner);
  renameSync(temporary, path);
}

/** Tells other machines that share the folder that the owner is alive. */
export function touchLockFile(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Somebody deleted the folder under us: the next write says so better.
  }
}

/** False where there is a file already. */
function create(path: string, owner: LockOwner): boolean {
  const temporary = writeTemporary(path, owner);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    if (!NO_LINKS.some((code) => hasErrorCode(error, code))) throw error;
    return createWithoutLinks(path, owner);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** File systems without hard links: FAT, some network shares. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES'] as const;

function createWithoutLinks(path: string, owner: LockOwner): boolean {
  try {
    writeDurably(path, [bytesOf(owner)], 'wx');
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function writeTemporary(path: string, owner: LockOwner): string {
  const temporary = `${path}.${owner.host}-${process.pid}.new`;
  writeDurably(temporary, [bytesOf(owner)], 'w');
  return temporary;
}

function bytesOf(owner: LockOwner): Buffer {
  return Buffer.from(JSON.stringify(owner));
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Null for bytes that no owner wrote: a power cut can leave such. */
function parseOwner(text: string | null): LockOwner | null {
  try {
    return text === null ? null : ownerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** On this machine a clock that jumps changes nothing: the process itself is asked for. */
function isAlive(path: string, owner: LockOwner): boolean {
  if (owner.host !== hostname()) {
    const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
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

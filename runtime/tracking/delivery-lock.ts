import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { TrackingError } from '../errors.ts';
import { hasErrorCode } from '../system/error-code.ts';
import { isProcessAlive } from '../system/is-process-alive.ts';
import { TRACKING_FOLDER } from './journal.ts';

const LOCK_FILE = 'delivery.lock';
const HEARTBEAT_MS = 10_000;
/** A lock that nobody touched for this long belongs to a machine that is gone. */
const STALE_MS = 60_000;

const ownerSchema = z.object({ pid: z.int().positive(), host: z.string() });

/**
 * One process at a time delivers a run: two would both find no run on the server and make two.
 * A dead owner's lock is taken over.
 */
export class DeliveryLock {
  readonly #path: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#heartbeat = setInterval(() => this.#touch(), HEARTBEAT_MS).unref();
  }

  /** @throws TrackingError while a living process holds it */
  static acquire(runDir: string): DeliveryLock {
    mkdirSync(join(runDir, TRACKING_FOLDER), { recursive: true });
    const path = join(runDir, TRACKING_FOLDER, LOCK_FILE);
    if (!isHeld(path)) rmSync(path, { force: true });
    try {
      const file = openSync(path, 'wx');
      writeSync(file, JSON.stringify({ pid: process.pid, host: hostname() }));
      closeSync(file);
    } catch (cause) {
      if (!hasErrorCode(cause, 'EEXIST')) throw cause;
      const owner = readOwner(path);
      const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
      throw new TrackingError(null, 'DELIVERY_BUSY', `${who} is delivering this run to MLflow already`, {
        help: 'wait until it is done; `exp sync` can be repeated at any time',
      });
    }
    return new DeliveryLock(path);
  }

  release(): void {
    clearInterval(this.#heartbeat);
    rmSync(this.#path, { force: true });
  }

  #touch(): void {
    try {
      utimesSync(this.#path, new Date(), new Date());
    } catch {
      // The run folder was deleted: the next journal entry says so better.
    }
  }
}

function isHeld(path: string): boolean {
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - touched > STALE_MS) return false;
  const owner = readOwner(path);
  // Just being written.
  if (owner === null) return true;
  if (owner.host !== hostname()) return true;
  return isProcessAlive(owner.pid);
}

function readOwner(path: string): z.infer<typeof ownerSchema> | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

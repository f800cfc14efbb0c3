import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TrackingError } from '../errors.ts';
import { folderIn } from '../run/folder-trouble.ts';
import { ownerOf, takeLock, touchLockFile } from '../system/owner-lock.ts';
import { TRACKING_FOLDER } from './journal.ts';

const LOCK_FILE = 'delivery.lock';
const HEARTBEAT_MS = 10_000;

/**
 * One process at a time delivers a run: two would both find no run on the server and make two.
 * A dead owner's lock is taken over.
 */
export class DeliveryLock {
  readonly #path: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#heartbeat = setInterval(() => touchLockFile(path), HEARTBEAT_MS).unref();
  }

  /** @throws TrackingError while a living process holds it */
  static acquire(runDir: string): DeliveryLock {
    const path = join(folderIn(runDir, TRACKING_FOLDER), LOCK_FILE);
    const holder = takeLock(path, ownerOf(process.pid));
    if (holder === null) return new DeliveryLock(path);
    const who = holder === 'unknown' ? 'another process' : `process ${holder.pid} on ${holder.host}`;
    throw new TrackingError(null, 'DELIVERY_BUSY', `${who} is delivering this run to MLflow already`, {
      help: 'wait until it is done; `exp sync` can be repeated at any time',
    });
  }

  release(): void {
    clearInterval(this.#heartbeat);
    rmSync(this.#path, { force: true });
  }
}

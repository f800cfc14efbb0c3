import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { folderIn } from '../run/folder-trouble.ts';
import { courierEntry } from '../system/package-root.ts';
import { TRACKING_FOLDER } from './journal.ts';

/**
 * Starts a process of its own that delivers a run to its end, because this one leaves. It needs no terminal, and what it
 * has to say stands in `mlflow/courier.log`. Two never deliver at once: it waits until this process has let go.
 *
 * @param env with the server's address and credentials
 */
export function startDetachedCourier(runDir: string, env: NodeJS.ProcessEnv): void {
  const log = openSync(join(folderIn(runDir, TRACKING_FOLDER), 'courier.log'), 'a');
  try {
    const child = spawn(process.execPath, [courierEntry(), runDir], {
      detached: true,
      stdio: ['ignore', log, log],
      env,
    });
    // Without it the run trains on, and `exp sync` delivers.
    child.on('error', () => {});
    child.unref();
  } finally {
    closeSync(log);
  }
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { hasErrorCode } from '../system/error-code.ts';

/** What the system's refusals to write mean, in words that lead somewhere. */

interface Trouble {
  readonly says: string;
  readonly help: string;
}

const WRITE_AGAIN = 'then continue from the last checkpoint with `exp resume`';

const TROUBLES: Readonly<Record<string, Trouble>> = {
  ENOSPC: { says: 'the disk is full', help: `make room on it, ${WRITE_AGAIN}` },
  EDQUOT: { says: 'the quota of this disk is used up', help: `make room, ${WRITE_AGAIN}` },
  EFBIG: { says: 'a file may not grow so large here', help: `raise the limit (\`ulimit -f\`), ${WRITE_AGAIN}` },
  EROFS: {
    says: 'the file system is read-only',
    help: 'choose another place with --runs-dir, or mount it for writing',
  },
  EACCES: { says: 'this user may not write there', help: 'choose another place with --runs-dir, or change its owner' },
  EPERM: { says: 'this user may not write there', help: 'choose another place with --runs-dir, or change its owner' },
  EIO: { says: 'the disk reports an error', help: `look at the disk, ${WRITE_AGAIN}` },
};

/** An error of the system while something was written, as a run's; null for all others. */
export function writeTrouble(path: string, cause: unknown): RunError | null {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const trouble = TROUBLES[code];
  return trouble === undefined
    ? null
    : new RunError(`${path} cannot be written: ${trouble.says}`, { help: trouble.help, cause });
}

/** Does something that writes below a path. @throws RunError in the place of the system's own refusals */
export function writingTo<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw writeTrouble(path, cause) ?? cause;
  }
}

/** The folder went away under a process that works in it. */
export function folderGone(runDir: string): RunError {
  return new RunError(`${runDir} was deleted or moved while the run went on: nothing more can be kept there`, {
    help: 'a moved run continues from its last checkpoint: `exp resume` with its new path; a deleted one has to be started again',
  });
}

/**
 * A folder within a run's, made where it is not there. The run's own is never made: one of that name would come back, with
 * nothing of the run in it.
 *
 * @throws RunError when the run's own is gone
 */
export function folderIn(runDir: string, name: string): string {
  const folder = join(runDir, name);
  try {
    mkdirSync(folder);
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) throw folderGone(runDir);
    if (!hasErrorCode(cause, 'EEXIST')) throw cause;
  }
  return folder;
}

import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { cacheRoot } from '../engine/provision/cache.ts';
import { RunError } from '../errors.ts';
import { hasErrorCode } from '../system/error-code.ts';

/** What the system's refusals to write mean, in words that lead somewhere. */

interface Trouble {
  readonly says: string;
  /** @param place what says where the file lies: `--runs-dir`, or `EXP_CACHE_DIR` */
  readonly help: (place: string) => string;
}

const WRITE_AGAIN = 'then continue from the last checkpoint with `exp resume`';

const NOT_ALLOWED: Trouble = {
  says: 'this user may not write there',
  help: (place) => `choose another place with ${place}, or change its owner`,
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  ENOSPC: { says: 'the disk is full', help: () => `make room on it, ${WRITE_AGAIN}` },
  EDQUOT: { says: 'the quota of this disk is used up', help: () => `make room, ${WRITE_AGAIN}` },
  EFBIG: { says: 'a file may not grow so large here', help: () => `raise the limit (\`ulimit -f\`), ${WRITE_AGAIN}` },
  EROFS: {
    says: 'the file system is read-only',
    help: (place) => `choose another place with ${place}, or mount it for writing`,
  },
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EIO: { says: 'the disk reports an error', help: () => `look at the disk, ${WRITE_AGAIN}` },
};

/** An error of the system while something was written, as a run's; null for all others. */
export function writeTrouble(path: string, cause: unknown): RunError | null {
  const trouble = TROUBLES[refusalCode(cause)];
  if (trouble === undefined) return null;
  const place = isWithin(cacheRoot(), path) ? 'EXP_CACHE_DIR' : '--runs-dir';
  return new RunError(`${path} cannot be written: ${trouble.says}`, { help: trouble.help(place), cause });
}

function isWithin(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return !below.startsWith('..') && !isAbsolute(below);
}

/** What the system refused, in one sentence, for commands that have no run; null for errors that are none of the system's. */
export function refusalText(cause: unknown): string | null {
  const code = refusalCode(cause);
  const says = TROUBLES[code]?.says;
  if (says === undefined) return null;
  // Files that replace others are written beside them first.
  const path = pathOf(cause)?.replace(/\.\d+\.tmp$/, '') ?? null;
  // Both are said of files that are only read, too, and the latter of much else.
  if (code === 'EACCES' || code === 'EPERM') return path && `this user may not open ${path}, or write there`;
  return `${path ?? 'a file'} cannot be written: ${says}`;
}

function refusalCode(cause: unknown): string {
  const path = pathOf(cause);
  if (path !== null && hasErrorCode(cause, 'ENOENT')) return refusalAbove(path);
  return codeOf(cause);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

function pathOf(cause: unknown): string | null {
  return cause instanceof Error && 'path' in cause && typeof cause.path === 'string' ? cause.path : null;
}

/** Where folders cannot be made on a read-only file system, Node says that there are none. The nearest that is there knows. */
function refusalAbove(path: string): string {
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return 'ENOENT';
  } catch (error) {
    return codeOf(error);
  }
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

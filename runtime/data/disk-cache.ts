import { mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { writeDurably } from '../system/durable.ts';
import { type DiskCase, encodeCase, openDiskCase } from './disk-case.ts';
import type { SharedCase } from './prepare.ts';

/**
 * Prepared cases on disk, shared by all runs of a user. Files are named by what they are made of, appear whole (written under
 * another name, then renamed) and are only a saving: one that is missing, cut short or thrown out is made again.
 */
export interface DiskCache {
  /** @returns null where the case is not kept; the caller closes it */
  open(key: string): DiskCase | null;
  /** Keeps a case, after throwing out those that were used longest ago where the bound asks for it. */
  add(key: string, prepared: SharedCase): void;
}

export interface DiskCacheSettings {
  readonly folder: string;
  readonly limitBytes: number;
}

const EXTENSION = '.case';

/** Temporary files of a process that was killed; nothing takes longer to write. */
const ABANDONED_MS = 3_600_000;

/** At most this, and never more than half of what the disk has left: the cache must not fill it. */
const DEFAULT_LIMIT_BYTES = 64 * 2 ** 30;

export function defaultDiskCacheBytes(folder: string): number {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  return Math.min(DEFAULT_LIMIT_BYTES, Math.floor((bavail * bsize) / 2));
}

export function openDiskCache({ folder, limitBytes }: DiskCacheSettings): DiskCache {
  mkdirSync(folder, { recursive: true });
  const pathOf = (key: string) => join(folder, `${key}${EXTENSION}`);
  /** Cases whose use this process has noted. */
  const used = new Set<string>();
  return {
    open: (key) => {
      const found = openDiskCase(pathOf(key));
      if (found !== null && !used.has(key)) {
        used.add(key);
        touch(pathOf(key));
      }
      return found;
    },
    add: (key, prepared) => {
      const pieces = encodeCase(prepared);
      const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (bytes > limitBytes) return;
      makeRoom(folder, limitBytes - bytes);
      const temporary = join(folder, `${key}.${process.pid}-${threadId}.tmp`);
      try {
        writeDurably(temporary, pieces, 'w');
        renameSync(temporary, pathOf(key));
        used.add(key);
      } catch (error) {
        rmSync(temporary, { force: true });
        // A full disk costs time, not the run.
        if (!isDiskFull(error)) throw error;
      }
    },
  };
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** Notes a use, for `makeRoom`. Another process may have thrown the file out, which is no harm. */
function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Gone, or another user's: its age then stays what it is.
  }
}

/** Throws out the cases that were used longest ago until at most `limitBytes` are kept, and what killed processes left. */
function makeRoom(folder: string, limitBytes: number): void {
  const files = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? [] : [{ path, bytes: found.size, usedAt: found.mtimeMs }];
  });
  for (const { path, usedAt } of files) {
    if (path.endsWith('.tmp') && Date.now() - usedAt > ABANDONED_MS) rmSync(path, { force: true });
  }
  const kept = files.filter(({ path }) => path.endsWith(EXTENSION)).sort((a, b) => a.usedAt - b.usedAt);
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of kept) {
    if (total <= limitBytes) return;
    rmSync(path, { force: true });
    total -= bytes;
  }
}

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writing that survives a power cut: the file's bytes with `writeDurably`, and its name with `syncFolder` after a rename. */

/** @param flag `wx` refuses a file that is there, `w` writes over it */
export function writeDurably(path: string, pieces: readonly Uint8Array[], flag: 'wx' | 'w'): void {
  const file = openSync(path, flag);
  try {
    for (const piece of pieces) for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function syncFolder(folder: string): void {
  // Windows cannot open folders; there the rename is as safe as it gets.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Where a process writes a file before it has its name. */
export function temporaryPath(path: string, pid: number): string {
  return `${path}.${pid}.tmp`;
}

/** Writes a file that is either whole or not there: temporary file, fsync, rename, fsync of the folder, which is made. */
export function writeWhole(path: string, ...pieces: readonly Uint8Array[]): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const temporary = temporaryPath(path, process.pid);
  try {
    writeDurably(temporary, pieces, 'w');
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

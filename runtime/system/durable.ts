import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

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

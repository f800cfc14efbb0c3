import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder, writeDurably } from '../system/durable.ts';

/**
 * Folders that are either whole or not there: written under another name, fsynced file by file, renamed, and the parent
 * fsynced. The one before stays beside it as `<name>.previous`, so that at every moment one whole folder exists.
 */

export interface FolderFile {
  readonly name: string;
  readonly pieces: readonly Uint8Array[];
}

export function previousOf(folder: string): string {
  return `${folder}.previous`;
}

/** Replaces a folder in one that is there by new files, in their order. A process killed at any point leaves the old or the new one whole. */
export function replaceFolder(folder: string, files: readonly FolderFile[]): void {
  const parent = dirname(folder);
  const temporary = join(parent, `.${basename(folder)}.writing`);
  rmSync(temporary, { recursive: true, force: true });
  try {
    mkdirSync(temporary);
    for (const { name, pieces } of files) writeDurably(join(temporary, name), pieces, 'wx');
    syncFolder(temporary);
  } catch (error) {
    // A full disk: give back what the attempt took.
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  if (existsSync(folder)) {
    rmSync(previousOf(folder), { recursive: true, force: true });
    renameSync(folder, previousOf(folder));
  }
  renameSync(temporary, folder);
  syncFolder(parent);
}

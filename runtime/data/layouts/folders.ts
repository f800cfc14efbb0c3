import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../errors.ts';

/** Looking into data set folders. Everything comes back sorted, since file systems list in any order. */

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function entries(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of sub-folders; links to folders count, as DataLad and git-annex make them. */
export function subfolders(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return entries(folder)
    .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(folder, entry.name))))
    .map((entry) => entry.name);
}

/** Names of files, links to files included. */
export function filesIn(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return entries(folder)
    .filter((entry) => entry.isFile() || (entry.isSymbolicLink() && isFile(join(folder, entry.name))))
    .map((entry) => entry.name);
}

/** The data set's folder, or an error that says what stands where it was looked for. */
export function requireFolder(path: string, what: string): void {
  if (isFolder(path)) return;
  const parent = join(path, '..');
  const found = isFile(path)
    ? 'it is a file'
    : isFolder(parent)
      ? `its parent folder holds ${listing(subfolders(parent))}`
      : 'its parent folder does not exist either';
  throw new DataError('EXP4101', path, `no data set at ${path}: looked for ${what}; ${found}`, {
    help: 'paths in a file are relative to the file that names them',
  });
}

/** A short list for messages: `a, b, c and 12 more`, or `nothing`. */
export function listing(names: readonly string[], most = 5): string {
  if (names.length === 0) return 'nothing';
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** A JSON file's content, not yet checked. @throws DataError EXP4101 */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError('EXP4101', path, `cannot read ${path}: ${reason}`, { cause: error });
  }
}

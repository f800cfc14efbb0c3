import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Deep enough for projects, and no walk through a whole disk. */
const DEEPEST = 4;
const MOST_FILES = 500;
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'runs', 'dist', 'data']);

/** The `.exp` files below a folder. */
export function experimentFiles(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (at: string, depth: number) => {
    for (const entry of entriesOf(at)) {
      if (found.length >= MOST_FILES) return;
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        if (depth < DEEPEST && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) visit(path, depth + 1);
      } else if (entry.name.endsWith('.exp')) found.push(path);
    }
  };
  visit(folder, 0);
  return found;
}

/** What may be named in an import of a file: the others in its folder, below and beside it. */
export function importablePaths(path: string): readonly string[] {
  const folder = dirname(path);
  return experimentFiles(dirname(folder))
    .filter((other) => other !== path)
    .map((other) => relative(folder, other).replaceAll('\\', '/'))
    .sort((a, b) => a.split('../').length - b.split('../').length || (a < b ? -1 : 1));
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // A folder that may not be read holds nothing to suggest.
    return [];
  }
}

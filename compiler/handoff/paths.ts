/** Paths of another machine, which may not be those of this one: POSIX, by text alone. */

export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/** `a/../b` → `b`; what leads above the root stays there. */
export function joined(base: string, path: string): string {
  const parts: string[] = [];
  for (const part of (isAbsolute(path) ? path : `${base}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `${isAbsolute(path) || isAbsolute(base) ? '/' : ''}${parts.join('/')}`;
}

/**
 * Where the folder of the `.exp` file stands below a mount, deep enough for paths that lead out of it: an experiment in
 * `/home/u/study/experiments` that reads `../data/organ` has `/data/experiments` for a base, and its data in `/data/data/organ`.
 */
export function mountedBase(mount: string, baseDir: string, inputs: readonly string[]): string {
  const levels = Math.max(0, ...inputs.filter((path) => !isAbsolute(path)).map(levelsUp));
  const names = baseDir.split('/').filter((name) => name !== '');
  return joined(mount, levels === 0 ? '' : names.slice(-levels).join('/'));
}

function levelsUp(path: string): number {
  let depth = 0;
  let lowest = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    lowest = Math.min(lowest, depth);
  }
  return -lowest;
}

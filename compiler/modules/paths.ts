/** Paths as `.exp` files write them, with `/` on every system. This is algebra on text; no file is looked at. */

export function isAbsolutePath(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[/\\])/.test(path);
}

/** The folder that a path lies in; empty for a bare name. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, Math.max(slash, 1));
}

/** A path as seen from where `folder` is seen from, without `.` and, where they can be followed, without `..`. */
export function joinPath(folder: string, path: string): string {
  return normalizePath(folder === '' || isAbsolutePath(path) ? path : `${folder}/${path}`);
}

function normalizePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else if (part !== '..' || !path.startsWith('/')) parts.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ENTRY = join('runtime', 'data', 'worker-main.js');

/**
 * The bundled worker program. This code may stand in any file of dist/ (bundles share chunks), so it looks upwards from
 * where it is; run from TypeScript sources there is none, and data work is done in line.
 */
export function workerEntry(from: string = import.meta.url): URL | null {
  const here = fileURLToPath(from);
  if (here.endsWith('.ts')) return null;
  for (let folder = dirname(here); folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, ENTRY);
    if (existsSync(candidate)) return pathToFileURL(candidate);
  }
  return null;
}

import { join } from 'node:path';
import { build } from 'esbuild';
import { repositoryRoot } from './python.ts';

/**
 * Bundles programs as they are now, so that tests of whole processes do not depend on a dist/ that may be old. Their place
 * below node_modules lets them find their packages.
 *
 * @param entries relative to the repository
 * @returns where `entries[i]` went
 */
export async function bundlePrograms(...entries: readonly string[]): Promise<readonly string[]> {
  const outdir = join(repositoryRoot, 'node_modules/.cache/voxel-exp-tests', String(process.pid));
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: [...entries],
    outdir,
    outbase: '.',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  return entries.map((entry) => join(outdir, entry.replace(/\.ts$/, '.js')));
}

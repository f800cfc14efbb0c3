import { join } from 'node:path';
import { build } from 'esbuild';
import { repositoryRoot } from './python.ts';

/**
 * Bundles the trainer as it is now, so that tests do not depend on a dist/ that may be old. Its place below node_modules
 * lets it find its packages.
 *
 * @returns the entry for `launchTrainer`
 */
export async function bundleTrainer(): Promise<string> {
  const outdir = join(repositoryRoot, 'node_modules/.cache/voxel-exp-tests', String(process.pid));
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: ['runtime/training/trainer-main.ts', 'runtime/data/worker-main.ts'],
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
  return join(outdir, 'runtime/training/trainer-main.js');
}

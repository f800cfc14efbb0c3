import { build } from 'esbuild';
import { packageRoot } from './build.mjs';

/** Bundles a TypeScript file of ours and loads it. @param path from the root of the package */
export async function importTypeScript(path) {
  const { outputFiles } = await build({
    absWorkingDir: packageRoot,
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { repositoryRoot } from './python.ts';

/** Bundles a module with its packages, runs it in Node, and returns what it printed. */
export async function runModule(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: repositoryRoot },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('file:///bundle.js');" },
    logLevel: 'error',
  });
  const bundle = outputFiles[0]?.text ?? '';
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-'], { maxBuffer: 2 ** 24 });
  run.child.stdin?.end(bundle);
  const { stdout } = await run;
  return stdout;
}

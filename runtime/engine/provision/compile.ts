import { spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../system/package-root.ts';
import { BINDING_PATH } from './cache.ts';
import { problem } from './problems.ts';

const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc'];
/** The version of Node-API that the sources are written for; every Node from 12.22 on has it, so one build serves all. */
const NAPI_VERSION = 8;

/**
 * Compiles tfjs-node's binding against the libraries in `folder`, with one compiler call: its two C++ files need
 * Node-API's four headers, which come as an npm package, and so neither node-gyp nor the headers of one Node version.
 */
export async function compileBinding(compiler: string, folder: string): Promise<void> {
  const sources = join(packageRoot(), 'dist', 'binding');
  const headers = join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
  const libraries = join(folder, 'deps', 'lib');
  const output = join(folder, BINDING_PATH);
  await mkdir(dirname(output), { recursive: true });
  const names = await libraryNames(libraries);

  const args = ['-O2', '-std=c++17', '-fPIC', `-DNAPI_VERSION=${NAPI_VERSION}`];
  args.push('-I', dirname(sources), '-I', join(folder, 'deps', 'include'), '-I', headers);
  args.push(...SOURCES.map((name) => join(sources, name)), '-o', output, ...names.map((name) => join(libraries, name)));
  if (process.platform === 'darwin') {
    args.push('-bundle', '-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path/../../deps/lib');
  } else {
    args.push('-shared', '-Wl,-rpath,$ORIGIN/../../deps/lib');
  }
  await run(compiler, args);
}

/** `libtensorflow_cc.so.2` and `libtensorflow_framework.so.2`, as this platform spells them. */
async function libraryNames(libraries: string): Promise<string[]> {
  const names = (await readdir(libraries)).filter((name) =>
    /^libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/.test(name),
  );
  if (names.length !== 2) throw problem('compile', `the wheel holds ${names.length} of TensorFlow’s 2 libraries`);
  return names.sort();
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw problem('compile', errors.split('\n').find((line) => /error/i.test(line)) ?? `exit ${code}`);
}

// Bundles the programs (command line, trainer, predictor, data worker) into dist/. `exp` calls it when sources are newer.
import { cpSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

const SOURCES = ['dsl', 'compiler', 'runtime', 'tui'];
const COMMAND_LINE = 'tui/main.ts';
/** Programs that the command line starts. */
const ENTRIES = [
  'runtime/training/trainer-main.ts',
  'runtime/predict/predict-main.ts',
  'runtime/tracking/courier-main.ts',
  'runtime/data/worker-main.ts',
];
/** Loaded on demand from node_modules: native or large. The rest is bundled, so that `exp check` starts fast. */
const EXTERNAL = [
  '@tensorflow/*',
  'undici',
  'yauzl',
  'vscode-languageserver',
  'vscode-languageserver/*',
  'vscode-languageserver-textdocument',
];
const STAMP = join(packageRoot, 'dist', '.built');

function newestSource(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    // A thousand joins take longer than asking the system for as many files.
    const path = `${folder}/${entry.name}`;
    newest = Math.max(newest, entry.isDirectory() ? newestSource(path) : statSync(path).mtimeMs);
  }
  return newest;
}

/** Whether dist/ is missing or older than a source file. */
export function isStale() {
  const built = statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return [...SOURCES.map((name) => join(packageRoot, name)), join(packageRoot, 'bin')].some(
    (path) => newestSource(path) > built,
  );
}

/** What all bundles have in common. */
const COMMON = {
  absWorkingDir: packageRoot,
  outbase: '.',
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: EXTERNAL,
  // Less to read at each start; names and short lines keep stack traces of use.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  logLevel: 'warning',
};
const PRODUCTION = { 'process.env.NODE_ENV': '"production"' };

export async function build() {
  const startedAt = new Date();
  const { build: bundle } = await import('esbuild');
  await Promise.all([
    bundle({
      ...COMMON,
      entryPoints: ENTRIES,
      splitting: true,
      format: 'esm',
      chunkNames: 'chunks/[name]-[hash]',
      define: PRODUCTION,
    }),
    // One CommonJS file, whose compiled code can be kept (`run-program.mjs`). What a command imports when it is called is
    // in it, and runs only then.
    bundle({
      ...COMMON,
      entryPoints: [COMMAND_LINE],
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      supported: { 'dynamic-import': false },
      define: { ...PRODUCTION, 'import.meta.url': 'moduleUrl' },
      banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    }),
  ]);
  // The native binding's C++ sources: the package carries them instead of depending on tfjs-node, whose install script
  // fails where its download host is out of reach.
  cpSync(join(packageRoot, 'node_modules/@tensorflow/tfjs-node-gpu/binding'), join(packageRoot, 'dist/binding'), {
    recursive: true,
  });
  writeFileSync(STAMP, '');
  // A source saved while we bundled must make the next start bundle again.
  utimesSync(STAMP, startedAt, startedAt);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(join(packageRoot, 'dist'), { recursive: true, force: true });
  await build();
}

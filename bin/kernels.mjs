// Compiles runtime/data/kernels/kernels.as into kernels-wasm.ts: `npm run kernels`, after a change of the former. AssemblyScript
// brings its compiler in 100 MB, so npm fetches it for this one command instead of every `npm ci`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ASSEMBLYSCRIPT = 'assemblyscript@0.28.20';
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'runtime/data/kernels');
const source = join(folder, 'kernels.as');

const work = mkdtempSync(join(tmpdir(), 'exp-kernels-'));
try {
  // The compiler takes files that end in .ts, which this must not: it is another language than TypeScript.
  copyFileSync(source, join(work, 'kernels.ts'));
  // Shared memory, because what stands on it stays valid while it grows.
  const memory = ['--importMemory', '--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];
  const options = ['--enable', 'simd', '-O3', '--noAssert', '--runtime', 'stub', ...memory];
  const asc = [
    'exec',
    '--yes',
    `--package=${ASSEMBLYSCRIPT}`,
    '--',
    'asc',
    'kernels.ts',
    ...options,
    '-o',
    'kernels.wasm',
  ];
  execFileSync('npm', asc, { cwd: work, stdio: 'inherit' });
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex');
  const lines =
    readFileSync(join(work, 'kernels.wasm'))
      .toString('base64')
      .match(/.{1,110}/g) ?? [];
  writeFileSync(
    join(folder, 'kernels-wasm.ts'),
    `// Made by \`npm run kernels\` from kernels.as; do not edit.
export const KERNELS_SOURCE_SHA256 = '${digest}';
// biome-ignore format: one long text
export const KERNELS_WASM = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

// Writes the pages of docs/ that come from the compiler's own tables: `npm run docs`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from './build.mjs';

const { outputFiles } = await build({
  absWorkingDir: packageRoot,
  entryPoints: ['compiler/reference/reference.ts'],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node20',
});
const source = Buffer.from(outputFiles[0].contents).toString('base64');
const { diagnosticsPage, referencePage } = await import(`data:text/javascript;base64,${source}`);
writeFileSync(join(packageRoot, 'docs/reference.md'), referencePage());
writeFileSync(join(packageRoot, 'docs/diagnostics.md'), diagnosticsPage());

// Writes the pages of docs/ that come from the compiler's own tables: `npm run docs`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './build.mjs';
import { importTypeScript } from './import-typescript.mjs';

const { diagnosticsPage, referencePage } = await importTypeScript('compiler/reference/reference.ts');
writeFileSync(join(packageRoot, 'docs/reference.md'), referencePage());
writeFileSync(join(packageRoot, 'docs/diagnostics.md'), diagnosticsPage());

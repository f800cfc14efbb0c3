// Packs the Visual Studio Code extension into editor/NAME-VERSION.vsix: `npm run package:editor`. Its files are laid out as
// Microsoft's `vsce` does, which needs a newer Node than we do, and a hundred packages.
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { build } from 'esbuild';
import { ZipFile } from 'yazl';
import { packageRoot } from './build.mjs';
import { importTypeScript } from './import-typescript.mjs';

const folder = join(packageRoot, 'editor');
const { generatedFiles } = await importTypeScript('editor/contents.ts');
const { contentTypes, vsixManifest } = await importTypeScript('editor/vsix.ts');

rmSync(join(folder, 'dist'), { recursive: true, force: true });
mkdirSync(join(folder, 'dist'));
for (const [path, text] of Object.entries(generatedFiles())) writeFileSync(join(folder, path), text);
const { metafile } = await build({
  absWorkingDir: packageRoot,
  entryPoints: ['editor/extension.ts'],
  outfile: 'editor/dist/extension.cjs',
  bundle: true,
  minify: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  external: ['vscode'],
  metafile: true,
  logLevel: 'warning',
});

/** The licences of what is bundled, which ask to be passed on. */
function notices() {
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  return [...packages].sort().map((path) => {
    const licence = readdirSync(join(packageRoot, path)).find((name) => /^licen[cs]e(\.|$)/i.test(name));
    if (licence === undefined) throw new Error(`${path} has no licence to pass on`);
    return `${path.slice('node_modules/'.length)}\n\n${readFileSync(join(packageRoot, path, licence), 'utf8').trim()}\n`;
  });
}

const facts = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const files = {
  'package.json': 'package.json',
  'README.md': 'README.md',
  'LICENSE.txt': '../LICENSE',
  'language-configuration.json': 'language-configuration.json',
  'dist/extension.cjs': 'dist/extension.cjs',
  ...Object.fromEntries(Object.keys(generatedFiles()).map((path) => [path, path])),
};
const entries = {
  'extension.vsixmanifest': vsixManifest(facts),
  '[Content_Types].xml': contentTypes([...Object.keys(files), 'extension.vsixmanifest']),
  'extension/ThirdPartyNotices.txt': notices().join(`\n${'-'.repeat(80)}\n\n`),
  ...Object.fromEntries(
    Object.entries(files).map(([path, source]) => [`extension/${path}`, readFileSync(join(folder, source))]),
  ),
};
const zip = new ZipFile();
// One time for all, so that the same sources make the same package.
for (const [path, content] of Object.entries(entries))
  zip.addBuffer(Buffer.from(content), path, { mtime: new Date(2026, 0) });
zip.end();
const target = join(folder, `${facts.name}-${facts.version}.vsix`);
await pipeline(zip.outputStream, createWriteStream(target));
process.stdout.write(`editor/${facts.name}-${facts.version}.vsix\n`);

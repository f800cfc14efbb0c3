import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPromise } from 'yauzl';
import { check } from '../../compiler/check.ts';
import { plainSnippet } from '../../compiler/language-server/snippets.ts';
import { snippets } from '../../editor/snippets.ts';
import { SMALL, smallWith } from '../compiler/example.ts';
import { repositoryRoot } from '../helpers/python.ts';

describe('snippets', () => {
  /** Where each may stand. */
  const AROUND: Readonly<Record<string, (text: string) => string>> = {
    profile: smallWith,
    sweep: smallWith,
    expect: smallWith,
    import: (text) => `${text}\n${SMALL}`,
    param: (text) => `${text}\n${smallWith('optimizer: adamw(learning_rate: lr)')}`,
    environment: (text) => `${text}\n${smallWith('profile p on lab.a100 { workers: 1 }')}`,
    experiment: (text) => text.replace('experiment name {', 'experiment name extends small {').concat(`\n${SMALL}`),
    'whole experiment': (text) => text.replace('model SegResNet {', 'model SegResNet {\n    out_channels: 2'),
  };

  it.each(Object.entries(snippets()))('%s compiles', (name, { body }) => {
    const text = AROUND[name]?.(plainSnippet(body.join('\n'))) ?? '';
    const mistakes = check({ path: 'test.exp', text }, { readFile: () => '' });
    expect(text).not.toBe('');
    expect(mistakes.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
  });

  it.each(Object.entries(snippets()))(
    '%s has one place to end at, and numbers the others one after another',
    (_, { body }) => {
      const text = body.join('\n');
      const places = [...text.matchAll(/\$\{(\d+)[:|]/g)].map(([, number]) => Number(number));
      expect(places).toEqual(places.map((_place, index) => index + 1));
      expect((text.match(/\$0/g) ?? []).length).toBeLessThanOrEqual(1);
    },
  );
});

describe('the packed extension', async () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/package-editor.mjs'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const files = await unpack(join(repositoryRoot, stdout.trim()));
  const text = (path: string) => files.get(path) ?? '';
  const facts = JSON.parse(text('extension/package.json'));

  it('is of the version of exp', () => {
    const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
    expect(facts.version).toBe(version);
    expect(stdout.trim()).toBe(`editor/${facts.name}-${version}.vsix`);
  });

  it('holds every file that its package.json names, and none that is empty', () => {
    const { main, contributes } = facts;
    const named: readonly string[] = [
      main,
      ...contributes.languages.map((each: { configuration: string }) => each.configuration),
      ...[...contributes.grammars, ...contributes.snippets].map((each: { path: string }) => each.path),
    ];
    for (const path of named) expect(text(path.replace('./', 'extension/')), path).not.toBe('');
    expect([...files].filter(([, content]) => content.trim() === '')).toEqual([]);
  });

  it('holds JSON that editors can read', () => {
    for (const [path, content] of files)
      if (path.endsWith('.json')) expect(() => JSON.parse(content), path).not.toThrow();
  });

  it('has a manifest that names the extension and files that are there', () => {
    const manifest = text('extension.vsixmanifest');
    expect(manifest).toContain(`Id="${facts.name}" Version="${facts.version}" Publisher="${facts.publisher}"`);
    const assets = [...manifest.matchAll(/<Asset .* Path="([^"]*)"/g)].map(([, path = '']) => path);
    expect(assets).toContain('extension/package.json');
    for (const path of assets) expect(files.has(path), path).toBe(true);
  });

  it('says of what type each of its files is', () => {
    const types = text('[Content_Types].xml');
    const extensions = [...files.keys()]
      .filter((path) => !path.startsWith('['))
      .map((path) => path.slice(path.lastIndexOf('.')));
    for (const extension of extensions) expect(types).toContain(`Extension="${extension}"`);
  });

  it('passes on the licences of what is bundled', () => {
    expect(text('extension/ThirdPartyNotices.txt')).toContain('vscode-languageclient\n');
  });
});

/** The files of a zip as text, by path. */
async function unpack(path: string): Promise<ReadonlyMap<string, string>> {
  const zip = await openPromise(path);
  const files = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(Buffer.from(chunk));
    files.set(entry.fileName, Buffer.concat(chunks).toString('utf8'));
  }
  return files;
}

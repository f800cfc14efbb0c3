import { describe, expect, it } from 'vitest';
import { definitionsAt, referencesAt } from '../../../compiler/language-server/definition.ts';
import { renameAt, renameableAt } from '../../../compiler/language-server/rename.ts';
import { applyFixes } from '../../../dsl/apply-fixes.ts';
import { SMALL, smallWith } from '../example.ts';
import { marked, openText } from './marked.ts';

/** `path: text of the line` of each definition. */
function definitions(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const { document, offset } = marked(text, files);
  return definitionsAt(document, offset).map(({ file, start }) => {
    const line = file.text.slice(file.text.lastIndexOf('\n', start) + 1).split('\n', 1)[0];
    return `${file.path}: ${line?.trim()}`;
  });
}

/** Each file after renaming, or why not. */
function renamed(
  text: string,
  name: string,
  files: Readonly<Record<string, string>> = {},
): Record<string, string> | string {
  const { document, offset } = marked(text, files);
  const others = Object.entries(files).map(([path, other]) =>
    openText(other, { ...files, 'main.exp': document.source.text }, path),
  );
  const renaming = renameAt(document, offset, name, others);
  if (renaming.kind === 'refused') return renaming.reason;
  const sources = new Map([['main.exp', document.source.text], ...Object.entries(files)]);
  return Object.fromEntries(
    [...sources].map(([path, before]) => {
      const fixes = renaming.changes
        .filter(({ span }) => span.file.path === path)
        .map((change) => ({ ...change, title: '' }));
      return [path, applyFixes(before, fixes).text];
    }),
  );
}

const WITH_PARAMETER = `param rate: number = 1e-3\n${smallWith('optimizer: adamw(learning_rate: rate)\n  sweep { rate: [1e-3, 1e-4] }')}`;

describe('going to the declaration', () => {
  it.each([
    ['a parameter', WITH_PARAMETER.replace(': rate)', ': ra‸te)'), 'main.exp: param rate: number = 1e-3'],
    ['a parameter in a sweep', WITH_PARAMETER.replace('{ rate', '{ ra‸te'), 'main.exp: param rate: number = 1e-3'],
    [
      'an environment',
      `environment lab { gpu: T4 }\n${smallWith('profile p on l‸ab { workers: 1 }')}`,
      'main.exp: environment lab { gpu: T4 }',
    ],
    ['an experiment', `${SMALL}experiment b extends sm‸all {}`, 'main.exp: experiment small {'],
    [
      'a model',
      `model tiny SegResNet {}\n${SMALL.replace('SegResNet { init_filters: 8 }', 'ti‸ny')}`,
      'main.exp: model tiny SegResNet {}',
    ],
    [
      'a schedule',
      `schedule short { epochs: 2 }\n${SMALL.replace('schedule { epochs: 10 }', 'schedule sh‸ort')}`,
      'main.exp: schedule short { epochs: 2 }',
    ],
  ])('of %s', (_, text, expected) => {
    expect(definitions(text)).toEqual([expected]);
  });

  it('reaches into imported files, and opens an import', () => {
    const files = { 'shared.exp': 'dataset organ bids("data") { image: "T1w"  label: "dseg"  foreground: [1] }\n' };
    const text = `import "shared.exp"\nexperiment a { dataset or‸gan }`;
    expect(definitions(text, files)).toEqual([`shared.exp: ${files['shared.exp'].trim()}`]);
    expect(definitions('import "sha‸red.exp"', files)).toEqual([`shared.exp: ${files['shared.exp'].trim()}`]);
  });

  it('has none for what the language names', () => {
    expect(definitions(SMALL.replace('SegResNet', 'Seg‸ResNet'))).toEqual([]);
    expect(definitions(smallWith('profile p on lo‸cal { workers: 1 }'))).toEqual([]);
  });
});

describe('references', () => {
  it('are all places of the one thing, and no other of that name', () => {
    const text = `param memory: string = "a"\n${smallWith('cache: memory\n  description: mem‸ory')}`;
    const { document, offset } = marked(text);
    expect(referencesAt(document, offset).map(({ start }) => start)).toEqual([
      text.indexOf('memory'),
      text.indexOf('mem‸ory'),
    ]);
  });
});

describe('renaming', () => {
  it('changes the declaration and every use', () => {
    const expected = WITH_PARAMETER.replace('param rate', 'param lr')
      .replace(': rate)', ': lr)')
      .replace('{ rate', '{ lr');
    expect(renamed(WITH_PARAMETER.replace('param ra', 'param ra‸'), 'lr')).toEqual({ 'main.exp': expected });
  });

  it('changes imported files', () => {
    const files = { 'shared.exp': 'environment lab { gpu: T4 }\n' };
    const text = `import "shared.exp"\n${smallWith('profile p on l‸ab { workers: 1 }')}`;
    expect(renamed(text, 'lab.t4', files)).toEqual({
      'main.exp': text.replace('l‸ab', 'lab.t4'),
      'shared.exp': 'environment lab.t4 { gpu: T4 }\n',
    });
  });

  it('changes files that import the one at hand', () => {
    const files = { 'user.exp': `import "main.exp"\n${SMALL.replace('SegResNet { init_filters: 8 }', 'tiny')}` };
    const after = renamed('model ti‸ny SegResNet {}\n', 'little', files);
    expect(after).toEqual({
      'main.exp': 'model little SegResNet {}\n',
      'user.exp': files['user.exp'].replace('tiny', 'little'),
    });
  });

  it('keeps the profiles of experiments apart that do not build on each other', () => {
    const profile = 'profile fast on local { workers: 1 }';
    const text = `${smallWith(profile.replace('fast', 'fa‸st'))}experiment b extends small { ${profile} }\n${smallWith(profile).replace('small', 'other')}`;
    const after = renamed(text, 'quick');
    const [first = '', second = '', third = ''] = (typeof after === 'string' ? '' : (after['main.exp'] ?? ''))
      .split('experiment ')
      .slice(1);
    expect([first, second, third].map((part) => part.includes('quick'))).toEqual([true, true, false]);
  });

  it.each([
    ['2fast', 'is not a name'],
    ['a b', 'is not a name'],
    ['batch', 'there is a parameter `batch` already'],
  ])('refuses `%s`', (name, reason) => {
    const text = `param batch: number = 1\n${WITH_PARAMETER.replace('param rate', 'param ra‸te')}`;
    expect(renamed(text, name)).toContain(reason);
  });

  it('offers nothing where the language gives the name', () => {
    const { document, offset } = marked(SMALL.replace('SegResNet', 'Seg‸ResNet'));
    expect(renameableAt(document, offset)).toBeNull();
  });
});

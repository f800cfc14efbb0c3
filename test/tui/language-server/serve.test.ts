import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as lsp from 'vscode-languageserver-protocol';
import { SMALL } from '../../compiler/example.ts';
import { temporaryFolder } from '../../helpers/cli.ts';
import { Editor } from './client.ts';

const SHARED =
  'param rate: number = 1e-3\n\ndataset organ bids("data/organ") {\n  image: "T1w"\n  label: "dseg"\n  foreground: [1]\n}\n';
const USER = `import "shared.exp"

experiment a {
  dataset organ
  model SegResNet {}
  patch: 32x32x32
  optimizer: adamw(learning_rate: rate)
  schedule { epochs: 10 }
}
`;

const folder = temporaryFolder({ 'shared.exp': SHARED, 'user.exp': USER, 'small.exp': SMALL });
const editor = new Editor(folder);
let capabilities: lsp.ServerCapabilities;

beforeAll(async () => {
  ({ capabilities } = await editor.start());
}, 60_000);

afterAll(async () => {
  expect(await editor.stop()).toBe(0);
});

/** Line and character of the first place where a text stands. */
function positionOf(text: string, part: string, within = 0): lsp.Position {
  const before = text.slice(0, text.indexOf(part) + within).split('\n');
  return { line: before.length - 1, character: before[before.length - 1]?.length ?? 0 };
}

function rangeOf(text: string, part: string): lsp.Range {
  return { start: positionOf(text, part), end: positionOf(text, part, part.length) };
}

describe('exp lsp', () => {
  it('says what it can do', () => {
    expect(capabilities).toMatchObject({
      hoverProvider: true,
      documentFormattingProvider: true,
      definitionProvider: true,
    });
  });

  it('reports mistakes of a buffer, and follows edits of single characters', async () => {
    const wrong = SMALL.replace('epochs', 'epoch');
    const [first] = await editor.open('edited.exp', wrong);
    expect(first).toMatchObject({ code: 'EXP2101', severity: 1, source: 'exp', range: rangeOf(wrong, 'epoch') });
    const at = positionOf(wrong, 'epoch', 'epoch'.length);
    expect(await editor.change('edited.exp', { start: at, end: at }, 's')).toEqual([]);
  });

  it('counts UTF-16 units, also after emoji and with CRLF', async () => {
    const text = SMALL.replace('patch: ', 'description: "🧠🧠"  ptach: ').replaceAll('\n', '\r\n');
    const diagnostics = await editor.open('emoji.exp', text);
    const misspelt = diagnostics.find(({ code }) => code === 'EXP2101');
    expect(misspelt?.range).toEqual(rangeOf(text, 'ptach'));
    const actions = await editor.ask<lsp.CodeAction[]>('textDocument/codeAction', 'emoji.exp', {
      range: misspelt?.range,
      context: { diagnostics: [] },
    });
    const [edit] = Object.values(actions[0]?.edit?.changes ?? {}).flat();
    expect(actions[0]).toMatchObject({ title: 'write `patch`', kind: 'quickfix' });
    expect(edit).toEqual({ range: rangeOf(text, 'ptach'), newText: 'patch' });
  });

  it('completes with snippets and documentation', async () => {
    const text = SMALL.replace('  schedule { epochs: 10 }', '  schedule {\n    epochs: 10\n    val\n  }');
    await editor.open('completed.exp', text);
    const items = await editor.ask<lsp.CompletionItem[]>('textDocument/completion', 'completed.exp', {
      position: positionOf(text, '    val\n', 7),
    });
    const validate = items.find(({ label }) => label === 'validate');
    expect(validate?.textEdit).toEqual({
      range: rangeOf(text, 'val\n').start && {
        start: positionOf(text, '    val\n', 4),
        end: positionOf(text, '    val\n', 7),
      },
      newText: 'validate: ${1:every 1 epoch}',
    });
    expect(validate?.documentation).toMatchObject({ kind: 'markdown' });
  });

  it('shows what a value comes to under each profile', async () => {
    await editor.open('small.exp', SMALL);
    const hover = await editor.ask<lsp.Hover>('textDocument/hover', 'small.exp', {
      position: positionOf(SMALL, 'epochs'),
    });
    expect((hover.contents as lsp.MarkupContent).value).toContain(
      '| `mac-test` | `2` | from the profile that every file has |',
    );
  });

  it('goes to declarations in imported files and renames across them', async () => {
    await editor.open('user.exp', USER);
    const position = positionOf(USER, 'rate)', 1);
    const definition = await editor.ask<lsp.Location[]>('textDocument/definition', 'user.exp', { position });
    expect(definition).toEqual([{ uri: editor.uri('shared.exp'), range: rangeOf(SHARED, 'rate') }]);
    const { changes } = await editor.ask<lsp.WorkspaceEdit>('textDocument/rename', 'user.exp', {
      position,
      newName: 'lr',
    });
    expect(changes).toEqual({
      [editor.uri('user.exp')]: [
        { range: { start: positionOf(USER, 'rate)'), end: positionOf(USER, 'rate)', 4) }, newText: 'lr' },
      ],
      [editor.uri('shared.exp')]: [{ range: rangeOf(SHARED, 'rate'), newText: 'lr' }],
    });
  });

  it('renames where the declaring file is open and its importer is only on disk', async () => {
    writeFileSync(join(folder, 'importer.exp'), USER);
    await editor.open('shared.exp', SHARED);
    const { changes = {} } = await editor.ask<lsp.WorkspaceEdit>('textDocument/rename', 'shared.exp', {
      position: positionOf(SHARED, 'rate', 2),
      newName: 'lr',
    });
    expect(Object.keys(changes).sort()).toEqual(
      ['importer.exp', 'shared.exp', 'user.exp'].map((name) => editor.uri(name)),
    );
  });

  it('refuses a name that is no name, and says why', async () => {
    const rename = editor.ask('textDocument/rename', 'shared.exp', {
      position: positionOf(SHARED, 'rate'),
      newName: '1 x',
    });
    await expect(rename).rejects.toThrow(/is not a name/);
  });

  it('checks importers against unsaved buffers of what they import', async () => {
    const renamed = SHARED.replace('rate:', 'speed:');
    await editor.change('shared.exp', rangeOf(SHARED, 'rate'), 'speed');
    await editor.settled('user.exp');
    expect((await editor.diagnostics('user.exp')).map(({ code }) => code)).toEqual(['EXP2201']);
    await editor.change('shared.exp', rangeOf(renamed, 'speed'), 'rate');
    await editor.settled('user.exp');
    expect(await editor.diagnostics('user.exp')).toEqual([]);
  });

  it('formats as `exp fmt` does', async () => {
    const untidy = SMALL.replace('  patch', '      patch');
    await editor.open('untidy.exp', untidy);
    const edits = await editor.ask<lsp.TextEdit[]>('textDocument/formatting', 'untidy.exp', { options: {} });
    expect(edits).toEqual([
      {
        range: { start: positionOf(untidy, '      patch', 2), end: positionOf(untidy, '      patch', 6) },
        newText: '',
      },
    ]);
  });

  it('outlines and folds', async () => {
    const [experiment] = await editor.ask<lsp.DocumentSymbol[]>('textDocument/documentSymbol', 'small.exp', {});
    expect(experiment?.name).toBe('small');
    expect(experiment?.children?.map(({ name }) => name)).toEqual([
      'dataset bids',
      'model SegResNet',
      'patch',
      'schedule',
    ]);
    const folds = await editor.ask<lsp.FoldingRange[]>('textDocument/foldingRange', 'small.exp', {});
    expect(folds[0]).toEqual({ startLine: 0, endLine: 8 });
  });
});

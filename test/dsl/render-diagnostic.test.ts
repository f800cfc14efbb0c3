import { describe, expect, it } from 'vitest';
import { type Diagnostic, type DiagnosticOptions, diagnosticCreator } from '../../dsl/diagnostic.ts';
import { renderDiagnostic, renderText, summarize } from '../../dsl/render-diagnostic.ts';
import { renderJson } from '../../dsl/render-json.ts';
import { renderSarif } from '../../dsl/render-sarif.ts';
import type { SourceFile, Span } from '../../dsl/source.ts';
import { textWidth } from '../../dsl/text-width.ts';

const TABLE = {
  EXP3012: { severity: 'error', message: 'patch {patch} does not fit {model}', explanation: 'Why.' },
  EXP3999: { severity: 'warning', message: 'slow', explanation: 'Because.' },
} as const;

const create = diagnosticCreator(TABLE);

function spanOf(file: SourceFile, text: string): Span {
  const start = file.text.indexOf(text);
  return { file, start, end: start + text.length };
}

function slow(file: SourceFile, text: string, options: DiagnosticOptions = {}): Diagnostic {
  return create('EXP3999', spanOf(file, text), {}, options);
}

const lines = (text: string) => text.split('\n');

/** The example of the language page. */
const swin: SourceFile = { path: 'experiments/swin.exp', text: `${'\n'.repeat(28)}  patch: 100x96x96\n` };
const unfit = create(
  'EXP3012',
  spanOf(swin, '100'),
  { patch: '100x96x96', model: 'SwinUNETR' },
  {
    label: '100 is not a multiple of 32',
    help: 'SwinUNETR halves each side five times; the nearest sizes are 96 and 128',
    fix: { title: 'use 96', span: spanOf(swin, '100'), replacement: '96' },
  },
);

describe('as text', () => {
  it('is the frame of the language page', () => {
    expect(renderDiagnostic(unfit)).toBe(`error[EXP3012]: patch 100x96x96 does not fit SwinUNETR
  ┌─ experiments/swin.exp:29:10
  │
29│   patch: 100x96x96
  │          ^^^ 100 is not a multiple of 32
  │
  = help: SwinUNETR halves each side five times; the nearest sizes are 96 and 128
  = fix: patch: 96x96x96`);
  });

  it('has an ASCII form', () => {
    expect(renderDiagnostic(unfit, { ascii: true })).toBe(`error[EXP3012]: patch 100x96x96 does not fit SwinUNETR
  --> experiments/swin.exp:29:10
  |
29|   patch: 100x96x96
  |          ^^^ 100 is not a multiple of 32
  |
  = help: SwinUNETR halves each side five times; the nearest sizes are 96 and 128
  = fix: patch: 96x96x96`);
  });

  it('with colours says the same', () => {
    const colored = renderDiagnostic(unfit, { color: true });
    expect(colored).toContain('\u001b[1;31merror[EXP3012]\u001b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are taken out
    expect(colored.replace(/\u001b\[[0-9;]*m/g, '')).toBe(renderDiagnostic(unfit));
  });

  it('shows related places: on the same line, on others, in other files', () => {
    const file: SourceFile = { path: 'a.exp', text: 'one two\nthree\nfour\nfive\nsix\n' };
    const other: SourceFile = { path: 'b.exp', text: 'seven\n' };
    const related = [
      { span: spanOf(file, 'two'), message: 'same line' },
      { span: spanOf(file, 'three'), message: 'next line' },
      { span: spanOf(file, 'six'), message: 'further down' },
      { span: spanOf(other, 'seven'), message: 'elsewhere' },
    ];
    expect(renderDiagnostic(slow(file, 'one', { label: 'here', related }))).toBe(`warning[EXP3999]: slow
  ┌─ a.exp:1:1
  │
 1│ one two
  │ ^^^ here
  │     --- same line
 2│ three
  │ ----- next line
 ⋮
 5│ six
  │ --- further down
  ┌─ b.exp:1:1
  │
 1│ seven
  │ ----- elsewhere`);
  });

  it('keeps carets below what they mean, behind tabs and wide characters', () => {
    const file: SourceFile = { path: 'a.exp', text: '\tname: "脳 🧠 e\u0301" bad\n' };
    const [, , , code, marks] = lines(renderDiagnostic(slow(file, 'bad')));
    expect(code).toBe(' 1│     name: "脳 🧠 e\u0301" bad');
    expect(textWidth(code?.slice(0, code.indexOf('bad')) ?? '')).toBe(marks?.indexOf('^^^'));
  });

  it.each([40, 60, 100])('cuts long lines around what matters: %i columns', (width) => {
    const file: SourceFile = { path: 'a.exp', text: `${'left '.repeat(400)}bad ${'right '.repeat(400)}` };
    const label = 'this is what is meant by it, in a few more words';
    const rendered = lines(renderDiagnostic(slow(file, 'bad', { label, help: 'x '.repeat(80).trim() }), { width }));
    expect(Math.max(...rendered.map(textWidth))).toBeLessThanOrEqual(Math.max(width, textWidth(label) + 4));
    const at = rendered.findIndex((line) => line.includes('^^^'));
    expect(rendered[at - 1]?.indexOf('bad')).toBe(rendered[at]?.indexOf('^^^'));
    expect(rendered[at - 1]).toMatch(/^ 1│ ….*…$/);
  });

  it('prints no control characters, whatever the file holds', () => {
    const file: SourceFile = { path: 'a\u001b[31m.exp', text: 'x: \u001b[2J\u0000\u202e bad\n' };
    const rendered = renderDiagnostic(slow(file, 'bad'));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(rendered).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(rendered).toContain('x: ␛[2J␀� bad');
  });

  it('marks the end of the file, and an empty file', () => {
    const file: SourceFile = { path: 'a.exp', text: '' };
    expect(renderDiagnostic(create('EXP3999', { file, start: 0, end: 0 }, {}))).toBe(
      'warning[EXP3999]: slow\n  ┌─ a.exp:1:1\n  │\n 1│\n  │ ^',
    );
  });

  it('names the fix where it is no single line', () => {
    const file: SourceFile = { path: 'a.exp', text: 'bad\n' };
    const fix = { title: 'insert `}`', span: spanOf(file, 'bad'), replacement: 'bad\n}' };
    expect(renderDiagnostic(slow(file, 'bad', { fix }))).toContain('= fix: insert `}`');
  });

  it('separates several by an empty line, and counts them', () => {
    expect(renderText([unfit, unfit])).toContain('= fix: patch: 96x96x96\n\nerror[EXP3012]');
    expect(summarize([unfit, unfit, slow(swin, 'patch')])).toBe('2 errors, 1 warning');
    expect(summarize([])).toBe('');
  });
});

describe('for programs', () => {
  it('JSON has every field, with lines, columns and offsets', () => {
    expect(JSON.parse(renderJson([unfit]))).toEqual([
      {
        code: 'EXP3012',
        severity: 'error',
        message: 'patch 100x96x96 does not fit SwinUNETR',
        location: {
          file: 'experiments/swin.exp',
          start: { line: 29, column: 10, offset: 37 },
          end: { line: 29, column: 13, offset: 40 },
        },
        label: '100 is not a multiple of 32',
        related: [],
        help: 'SwinUNETR halves each side five times; the nearest sizes are 96 and 128',
        fix: {
          title: 'use 96',
          location: {
            file: 'experiments/swin.exp',
            start: { line: 29, column: 10, offset: 37 },
            end: { line: 29, column: 13, offset: 40 },
          },
          replacement: '96',
        },
      },
    ]);
  });

  it('SARIF 2.1.0 names rules, places, related places and fixes', () => {
    const file: SourceFile = { path: 'my files\\a#1.exp', text: 'one two\n' };
    const related = [{ span: spanOf(file, 'two'), message: 'and here' }];
    const log = JSON.parse(
      renderSarif([unfit, slow(file, 'one', { related })], { toolVersion: '1.2.3', definitions: TABLE }),
    );
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(['EXP3012', 'EXP3999']);
    expect(run.results.map((result: { ruleIndex: number; level: string }) => [result.ruleIndex, result.level])).toEqual(
      [
        [0, 'error'],
        [1, 'warning'],
      ],
    );
    expect(run.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'experiments/swin.exp' },
      region: { startLine: 29, startColumn: 10, endLine: 29, endColumn: 13 },
    });
    expect(run.results[0].fixes[0].artifactChanges[0].replacements[0].insertedContent).toEqual({ text: '96' });
    expect(run.results[1].relatedLocations[0].physicalLocation.artifactLocation.uri).toBe('my%20files/a%231.exp');
  });
});

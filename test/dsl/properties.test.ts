import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import { BEYOND_THE_GRAMMAR } from '../../dsl/grammar.ts';
import { parse } from '../../dsl/parser.ts';
import { format, print } from '../../dsl/print.ts';
import { commentText } from '../../dsl/print-comments.ts';
import { renderText } from '../../dsl/render-diagnostic.ts';
import { renderJson } from '../../dsl/render-json.ts';
import type { SourceFile, Span } from '../../dsl/source.ts';
import { tokenize } from '../../dsl/tokens.ts';
import { repositoryRoot } from '../helpers/python.ts';
import { programs, withoutSpans } from './generate.ts';

const source = (text: string): SourceFile => ({ path: 'fuzz.exp', text });

/** Each property may take this long; a slower machine tries fewer inputs. */
const budget = { interruptAfterTimeLimit: 1_200, markInterruptAsFailure: false, numRuns: 5_000, seed: 20261123 };

describe('printing', () => {
  it('loses nothing: parsing what was printed gives the same tree', () => {
    fc.assert(
      fc.property(programs, (file) => {
        const text = print(file);
        const [again, diagnostics] = parse(source(text));
        expect(
          diagnostics.map((diagnostic) => diagnostic.message),
          text,
        ).toEqual([]);
        expect(withoutSpans(again)).toEqual(withoutSpans(file));
      }),
      budget,
    );
  });

  it('is what formatting it again gives', () => {
    fc.assert(
      fc.property(programs, (file) => {
        const [once, diagnostics] = format(source(print(file)));
        expect(
          diagnostics.map((diagnostic) => diagnostic.message),
          print(file),
        ).toEqual([]);
        expect(format(source(once ?? ''))[0]).toBe(once);
      }),
      budget,
    );
  });
});

const SWIN = readFileSync(join(repositoryRoot, 'experiments/swin.exp'), 'utf8');
const EVERY_FORM = readFileSync(join(repositoryRoot, 'test/golden/every-form/input.exp'), 'utf8');

/** Pieces of the language and of what people type by mistake. */
const SOUP = [
  ...'experiment profile dataset model schedule sweep expect import param environment on extends'.split(' '),
  ...'{ } ( ) [ ] : , ; = . .. ... / // /* */ # " \' \\ % $ >= => < x - + & “ × é 字 😀'.split(' '),
  ...'a val.dice 42 1e-4 .5 5. 96x96x96 96x96 8GB $30 $0.5/h 2..4 "s" 1e999 -3'.split(' '),
  '\n',
  '\r\n',
  '\t',
  '  ',
  '\u0000',
  '\ufeff',
  '\ud800',
];

const soup = fc.array(fc.tuple(fc.constantFrom(...SOUP), fc.constantFrom('', ' ', '\n')), { maxLength: 60 });

/** A good file with a piece cut out, put in or moved. */
const mutated = fc
  .tuple(
    fc.constantFrom(SWIN, EVERY_FORM),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(12), fc.constantFrom('', ...SOUP)), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((current, [where, length, inserted]) => {
      const at = Math.floor(where * current.length);
      return current.slice(0, at) + inserted + current.slice(at + length);
    }, text),
  );

describe('any text whatever', () => {
  it.each([
    ['characters', fc.string({ unit: 'binary', maxLength: 200 })],
    ['pieces of the language', soup.map((pieces) => pieces.flat().join(''))],
    ['a good file with mistakes', mutated],
  ])('%s: parses without throwing, and points into the file', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const file = source(text);
        const [tree, diagnostics] = parse(file);
        for (const span of [...spansOf(tree), ...diagnostics.flatMap(diagnosticSpans)]) expectInside(span, file);
        expect(renderText(diagnostics, { width: 60 })).not.toMatch(UNSAFE);
        renderJson(diagnostics);
        expect(diagnostics.filter(({ message }) => message.includes(BEYOND_THE_GRAMMAR))).toEqual([]);
        const [formatted, reasons] = format(file);
        if (formatted === null) expect(reasons.length).toBeGreaterThan(0);
        else expectFormatted(formatted, file, tree);
      }),
      budget,
    );
  });

  it.each(['a.', 'a ', 'a: ', '(', '"', "'", '/*', '1x', 'a{', '[,', '€'])('may repeat %j without end', (piece) => {
    // Anything quadratic takes minutes here, and runs into the time limit.
    const text = `experiment a { b: ${piece.repeat(100_000)}`;
    expect(parse(source(text))[1].length).toBeGreaterThan(0);
  });

  it('may nest as deep as it likes', () => {
    const deep = 20_000;
    for (const [open, close] of ['[]', '()', '{}', '({', '[(']) {
      const text = `experiment a { b: ${(open ?? '').repeat(deep)}${(close ?? '').repeat(deep)} }`;
      expect(parse(source(text))[1].map((diagnostic) => diagnostic.code)).toContain('EXP1205');
    }
  });
});

/** Control characters, which would move the cursor of a terminal or change its colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

function expectFormatted(formatted: string, file: SourceFile, tree: unknown): void {
  expect(commentsOf(source(formatted))).toEqual(commentsOf(file));
  const [again, diagnostics] = parse(source(formatted));
  expect(diagnostics).toEqual([]);
  expect(withoutSpans(again)).toEqual(withoutSpans(tree));
  expect(format(source(formatted))[0]).toBe(formatted);
}

function commentsOf(file: SourceFile): string[] {
  return tokenize(file)[0].comments.map(commentText).sort();
}

function expectInside(span: Span, file: SourceFile): void {
  const inside = span.file === file && span.start >= 0 && span.start <= span.end && span.end <= file.text.length;
  if (!inside) expect.fail(`span ${span.start}–${span.end} is not within the file of ${file.text.length}`);
}

function diagnosticSpans({ span, related, fix }: Diagnostic): Span[] {
  return [span, ...related.map((other) => other.span), ...(fix === null ? [] : [fix.span])];
}

function spansOf(node: unknown): Span[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(spansOf);
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'span' || key === 'operatorSpan' ? [value as Span] : spansOf(value),
  );
}

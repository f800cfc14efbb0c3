import type { IToken } from 'chevrotain';
import type { Diagnostic } from './diagnostic.ts';
import type { SourceFile, Span } from './source.ts';
import { quoteString, unescapeString } from './strings.ts';
import { reportSyntax } from './syntax-diagnostics.ts';

/** What is wrong with single characters and words, whatever stands around them. */
export function lexicalMistakes(
  file: SourceFile,
  tokens: readonly IToken[],
  comments: readonly IToken[],
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const comment of comments) {
    if (comment.tokenType.name in MISTAKES) diagnostics.push(...mistakesOf(file, comment));
  }
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as IToken;
    if (token.tokenType.name === 'Unreadable') {
      const run = unreadableRun(tokens, index);
      diagnostics.push(unexpectedCharacters(spanOf(file, token, run.text.length), run.text));
      index += run.count - 1;
    } else if (token.tokenType.name in MISTAKES) {
      diagnostics.push(...mistakesOf(file, token));
    }
  }
  return diagnostics;
}

type Mistake = (span: Span, text: string) => Diagnostic[];

/** By token type; types that are not listed are never wrong in themselves. */
const MISTAKES: Readonly<Record<string, Mistake>> = {
  String: (span, text) => escapeMistakes(span, text.slice(1, -1)),
  UnclosedString: (span, text) => [
    reportSyntax(
      'EXP1002',
      span,
      {},
      {
        label: 'strings end on the line they start',
        fix: { title: 'close the string', span, replacement: `${text.replace(/\s+$/, '')}"` },
      },
    ),
  ],
  ForeignString: (span, text) => [
    reportSyntax(
      'EXP1004',
      span,
      {},
      {
        fix: { title: 'use double quotes', span, replacement: quoteString(text.replace(/^.|['”“«»‘’]$/g, '')) },
      },
    ),
  ],
  Size: sizeMistakes,
  PartialNumber: (span, text) => [
    reportSyntax(
      'EXP1006',
      span,
      { text },
      {
        label: 'digits stand on both sides of the point',
        fix: { title: 'add a zero', span, replacement: wholeNumber(text) },
      },
    ),
  ],
  ForeignName: (span, name) => [
    reportSyntax('EXP1008', span, { name }, { label: 'names are made of the letters a to z, digits, `_` and `-`' }),
  ],
  HashComment: (span, text) => [
    reportSyntax(
      'EXP1007',
      span,
      {},
      {
        fix: { title: 'use `//`', span, replacement: text.replace(/^#+/, '//') },
      },
    ),
  ],
  UnclosedComment: (span) => [
    reportSyntax('EXP1003', { ...span, end: span.start + 2 }, {}, { label: 'everything from here on is comment' }),
  ],
};

function mistakesOf(file: SourceFile, token: IToken): Diagnostic[] {
  return MISTAKES[token.tokenType.name]?.(spanOf(file, token, token.image.length), token.image) ?? [];
}

function spanOf(file: SourceFile, token: IToken, length: number): Span {
  return { file, start: token.startOffset, end: token.startOffset + length };
}

export function wholeNumber(text: string): string {
  return text.endsWith('.') ? `${text}0` : text.replace('.', '0.');
}

function sizeMistakes(span: Span, text: string): Diagnostic[] {
  const parts = text.split(/[ \t]*[xX×*][ \t]*/);
  if (parts.length !== 3) return [reportSyntax('EXP1109', span, { text, count: parts.length })];
  const canonical = parts.join('x');
  if (canonical === text) return [];
  return [
    reportSyntax('EXP1110', span, {}, { fix: { title: `write \`${canonical}\``, span, replacement: canonical } }),
  ];
}

function escapeMistakes(span: Span, body: string): Diagnostic[] {
  return unescapeString(body).unknown.map(({ offset, text }) => {
    const start = span.start + 1 + offset;
    const escapeSpan = { file: span.file, start, end: start + text.length };
    return reportSyntax(
      'EXP1005',
      escapeSpan,
      { escape: text },
      {
        help: 'a backslash in a path is written `\\\\`; `/` works on every system',
        fix: { title: 'write the backslash itself', span: escapeSpan, replacement: `\\${text}` },
      },
    );
  });
}

/** Neighbours without a gap between them are one mistake: half a character, or a pasted symbol of several. */
function unreadableRun(tokens: readonly IToken[], first: number): { readonly text: string; readonly count: number } {
  const start = (tokens[first] as IToken).startOffset;
  let text = '';
  let count = 0;
  for (;;) {
    const token = tokens[first + count];
    if (token?.tokenType.name !== 'Unreadable' || token.startOffset !== start + text.length) return { text, count };
    text += token.image;
    count++;
  }
}

const LONGEST_SHOWN = 20;

function unexpectedCharacters(span: Span, text: string): Diagnostic {
  const shown = quoteString(text).slice(1, -1);
  const character = shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
  return reportSyntax('EXP1001', span, { character });
}

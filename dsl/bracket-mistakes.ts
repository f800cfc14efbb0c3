import type { IToken, TokenType } from 'chevrotain';
import type { Diagnostic } from './diagnostic.ts';
import { positionOf, type SourceFile, type Span } from './source.ts';
import { reportSyntax } from './syntax-diagnostics.ts';
import { tokenSpan } from './syntax-nodes.ts';
import * as T from './tokens.ts';

/** What is reported of brackets that have no partner. */

/** A bracket that waits for its partner. */
export interface Open {
  readonly token: IToken;
  readonly index: number;
  readonly closer: TokenType;
  /** Column of the first token on its line. */
  readonly indent: number;
  /** Whether its contents are indented at all; if not, indentation says nothing. */
  readonly indented: boolean;
}

/** More than any experiment needs, and few enough for a recursive parser. */
export const DEEPEST_NESTING = 64;

const CLOSER_TEXT: ReadonlyMap<TokenType, string> = new Map([
  [T.CloseBrace, '}'],
  [T.CloseParenthesis, ')'],
  [T.CloseBracket, ']'],
]);

function closerOf(open: Open): string {
  return CLOSER_TEXT.get(open.closer) ?? '';
}

function lineOf(file: SourceFile, open: Open): number {
  return positionOf(file, open.token.startOffset).line;
}

/**
 * @param header the words before a bracket on its line
 * @param outer brackets around it that are not closed either, which is the same mistake
 */
export function braceNotClosed(
  span: Span,
  open: Open,
  outer: readonly Open[],
  header: (open: Open) => string,
): Diagnostic {
  const { file } = span;
  const closers = [open, ...outer].map((each) => `\n${' '.repeat(each.indent)}${closerOf(each)}`);
  return reportSyntax(
    'EXP1201',
    span,
    { block: header(open), line: lineOf(file, open) },
    {
      label: '`}` expected here',
      related: [
        { span: tokenSpan(file, open.token), message: 'opened here' },
        ...outer.map((other) => ({
          span: tokenSpan(file, other.token),
          message: `\`${header(other)}\` is not closed either`,
        })),
      ],
      fix: { title: 'insert `}`', span, replacement: closers.join('') },
    },
  );
}

export function roundNotClosed(span: Span, open: Open): Diagnostic {
  const { file } = span;
  const closer = closerOf(open);
  return reportSyntax(
    'EXP1203',
    span,
    { closer, opener: open.token.image, line: lineOf(file, open) },
    {
      label: `\`${closer}\` expected here`,
      related: [{ span: tokenSpan(file, open.token), message: 'opened here' }],
      fix: { title: `insert \`${closer}\``, span, replacement: closer },
    },
  );
}

export function wrongCloser(span: Span, open: Open, closer: string): Diagnostic {
  const right = closerOf(open);
  return reportSyntax(
    'EXP1204',
    span,
    { opener: open.token.image, closer },
    {
      label: `\`${right}\` expected`,
      related: [{ span: tokenSpan(span.file, open.token), message: 'opened here' }],
      fix: { title: `write \`${right}\``, span, replacement: right },
    },
  );
}

export function closesNothing(span: Span, closer: string): Diagnostic {
  return reportSyntax('EXP1202', span, { closer }, { fix: { title: 'remove it', span, replacement: '' } });
}

export function braceNotOpened(span: Span, header: string): Diagnostic {
  const fix = { title: 'insert `{`', span, replacement: ' {' };
  return reportSyntax('EXP1307', span, { header }, { label: '`{` belongs here', fix });
}

export function tooDeep(span: Span): Diagnostic {
  return reportSyntax('EXP1205', span, { limit: DEEPEST_NESTING }, { label: 'what is inside is not read' });
}

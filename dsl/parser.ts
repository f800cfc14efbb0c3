import type { File } from './ast.ts';
import { balanceBrackets } from './brackets.ts';
import type { Diagnostic } from './diagnostic.ts';
import { StatementParser } from './grammar.ts';
import { separateStatements } from './separators.ts';
import type { SourceFile } from './source.ts';
import { madeToken, type Token, tokenize, Unreadable, unclosedComment } from './tokens.ts';

/** Text → tokens → balanced brackets → separated statements → syntax tree. */

export interface Syntax {
  readonly file: File;
  /** As written, in order. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Token[];
  /** The tokens with each bracket closed and statements separated; what is not in the text has an empty image. */
  readonly layout: readonly Token[];
}

/** Made on first use: the grammar's analysis takes a moment. */
let parser: StatementParser | null = null;

/** The tree with what the formatter needs beside it. */
export function parseSyntax(source: SourceFile): [Syntax, Diagnostic[]] {
  const [{ tokens, comments }, lexical] = tokenize(source);
  const comment = unclosedComment(comments);
  // What the comment swallows stands in the tree as something unreadable, and is not said to be missing.
  const readable = comment === null ? tokens : [...tokens, madeToken(Unreadable, comment.startOffset)];
  const [balanced, unbalanced] = balanceBrackets(source, readable);
  const bracketMistakes =
    comment === null ? unbalanced : unbalanced.filter(({ span }) => span.start < comment.startOffset);
  const [separated, separatorMistakes] = separateStatements(source, balanced);
  parser ??= new StatementParser();
  const [file, mistakes] = parser.parse(source, separated);
  const diagnostics = [...lexical, ...bracketMistakes, ...separatorMistakes, ...mistakes];
  return [{ file, tokens, comments, layout: separated }, diagnostics.sort(byPosition)];
}

/**
 * Parses any text whatever, without throwing: what cannot be read is reported and stands in the tree as `broken` or
 * `missing`, and everything around it is there.
 */
export function parse(source: SourceFile): [File, Diagnostic[]] {
  const [{ file }, diagnostics] = parseSyntax(source);
  return [file, diagnostics];
}

function byPosition(a: Diagnostic, b: Diagnostic): number {
  return a.span.start - b.span.start || a.span.end - b.span.end;
}

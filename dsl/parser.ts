import type { IToken } from 'chevrotain';
import type { File } from './ast.ts';
import { balanceBrackets } from './brackets.ts';
import type { Diagnostic } from './diagnostic.ts';
import { StatementParser } from './grammar.ts';
import { separateStatements } from './separators.ts';
import type { SourceFile } from './source.ts';
import { tokenize } from './tokens.ts';

/** Text → tokens → balanced brackets → separated statements → syntax tree. */

export interface Syntax {
  readonly file: File;
  /** As written, in order. */
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
}

/** Made on first use: the grammar's analysis takes a moment. */
let parser: StatementParser | null = null;

/** The tree with what the formatter needs beside it. */
export function parseSyntax(source: SourceFile): [Syntax, Diagnostic[]] {
  const [{ tokens, comments }, lexical] = tokenize(source);
  const [balanced, bracketMistakes] = balanceBrackets(source, tokens);
  const [separated, separatorMistakes] = separateStatements(source, balanced);
  parser ??= new StatementParser();
  const [file, mistakes] = parser.parse(source, separated);
  const diagnostics = [...lexical, ...bracketMistakes, ...separatorMistakes, ...mistakes];
  return [{ file, tokens, comments }, diagnostics.sort(byPosition)];
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

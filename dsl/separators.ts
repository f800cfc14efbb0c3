import type { IToken, TokenType } from 'chevrotain';
import { lineColumns } from './bracket-pairs.ts';
import type { Diagnostic } from './diagnostic.ts';
import { isKeyword } from './keywords.ts';
import type { SourceFile } from './source.ts';
import { reportSyntax } from './syntax-diagnostics.ts';
import * as T from './tokens.ts';

/**
 * Puts a `Separator` between two statements: at most line ends, and on one line where the next statement is plain to see
 * (`{ a: [1]  b: [2] }`). Within `(…)` and `[…]` line ends mean nothing.
 */
export function separateStatements(file: SourceFile, tokens: readonly IToken[]): [IToken[], Diagnostic[]] {
  const columns = lineColumns(file, tokens);
  const output: IToken[] = [];
  const diagnostics: Diagnostic[] = [];
  const outer: Statement[] = [];
  let statement = newStatement();

  const separate = () => {
    const last = output.at(-1);
    if (last?.tokenType === T.Comma) {
      output.pop();
      diagnostics.push(needlessSeparator(file, last, ''));
    }
    output.push(T.madeToken(T.Separator, last === undefined ? 0 : T.endOf(last)));
    statement = newStatement();
  };

  tokens.forEach((token, index) => {
    const type = token.tokenType;
    if (statement.rounds > 0) {
      // Within ( ) or [ ] nothing separates.
    } else if (type === T.Semicolon) {
      diagnostics.push(needlessSeparator(file, token, (columns[index + 1] ?? null) === null ? '\n' : ''));
      separate();
      return;
    } else if (statement.first !== null && endsBefore(tokens, columns, index, statement)) {
      separate();
    }
    if (type === T.OpenBrace) {
      statement.first ??= token;
      outer.push(statement);
      statement = newStatement();
    } else if (type === T.CloseBrace) {
      if (output.at(-1)?.tokenType === T.Comma && statement.rounds === 0) separate();
      statement = outer.pop() ?? newStatement();
      statement.blockClosed = statement.rounds === 0;
    } else {
      if (type === T.OpenParenthesis || type === T.OpenBracket) statement.rounds++;
      else if (type === T.CloseParenthesis || type === T.CloseBracket) statement.rounds--;
      if (statement.rounds === 0 && VALUE_FOLLOWS.has(type)) statement.inValue = true;
      statement.first ??= token;
    }
    output.push(token);
  });
  return [output, diagnostics];
}

interface Statement {
  first: IToken | null;
  /** After `:`; before it words belong to a header (`profile cloud-gpu on …`). */
  inValue: boolean;
  blockClosed: boolean;
  /** How many ( and [ are open in it. */
  rounds: number;
}

function newStatement(): Statement {
  return { first: null, inValue: false, blockClosed: false, rounds: 0 };
}

const VALUE_FOLLOWS: ReadonlySet<TokenType> = new Set([T.Colon, T.Equals, T.Comparison]);
/** After these the value goes on, also on the next line. */
const UNFINISHED: ReadonlySet<TokenType> = new Set([T.Colon, T.Equals, T.Comparison, T.Comma, T.Slash, T.Dots]);
/** What an unfinished value goes on with on the next line. */
const STARTS_VALUE: ReadonlySet<TokenType> = new Set([
  T.Name,
  T.NumberToken,
  T.PartialNumber,
  T.Size,
  T.StringToken,
  T.UnclosedString,
  T.ForeignString,
  T.MoneyToken,
  T.OpenBracket,
]);
/** These go on with the value of the line before. */
const CONTINUES: ReadonlySet<TokenType> = new Set([T.Comma, T.Slash, T.Dots, T.OpenBrace]);

/** Whether the statement so far ends before the token at `index`. */
function endsBefore(
  tokens: readonly IToken[],
  columns: readonly (number | null)[],
  index: number,
  statement: Statement,
): boolean {
  const startsLine = columns[index] !== null;
  const token = tokens[index] as IToken;
  const previous = tokens[index - 1] as IToken;
  if (token.tokenType === T.CloseBrace) return false;
  if (statement.blockClosed) return true;
  if (previous.tokenType === T.Dot) return startsLine;
  const startsStatement = token.tokenType === T.Name && isStatementStart(tokens, columns, index);
  if (statement.first?.image === 'param' && !startsLine) return false;
  if (UNFINISHED.has(previous.tokenType)) {
    if (startsLine && !STARTS_VALUE.has(token.tokenType)) return true;
    return startsStatement;
  }
  if (startsLine) return !CONTINUES.has(token.tokenType);
  if (token.tokenType !== T.Name) return false;
  if (statement.inValue) return startsStatement;
  return previous.tokenType === T.CloseParenthesis && token.image !== 'on';
}

/** `name:`, `a.b:`, `name = `, `name {`, `model SwinUNETR`: what only the start of a statement looks like. */
function isStatementStart(tokens: readonly IToken[], columns: readonly (number | null)[], index: number): boolean {
  let next = index + 1;
  while (tokens[next]?.tokenType === T.Dot && tokens[next + 1]?.tokenType === T.Name) next += 2;
  const follower = tokens[next]?.tokenType;
  if ((columns[next] ?? null) !== null) return false;
  if (follower === T.Colon || follower === T.Equals || follower === T.OpenBrace) return true;
  const isWord = follower === T.Name || follower === T.StringToken;
  return next === index + 1 && isWord && isKeyword((tokens[index] as IToken).image);
}

function needlessSeparator(file: SourceFile, token: IToken, replacement: string): Diagnostic {
  const span = { file, start: token.startOffset, end: T.endOf(token) };
  const title = replacement === '' ? 'remove it' : 'break the line';
  return reportSyntax('EXP1106', span, { found: token.image }, { fix: { title, span, replacement } });
}

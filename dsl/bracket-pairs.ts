import type { IToken, TokenType } from 'chevrotain';
import type { SourceFile } from './source.ts';
import * as T from './tokens.ts';

/** What can be said of the brackets of a file before any is put in or set aside. */

export const CLOSERS: ReadonlyMap<TokenType, TokenType> = new Map([
  [T.OpenBrace, T.CloseBrace],
  [T.OpenParenthesis, T.CloseParenthesis],
  [T.OpenBracket, T.CloseBracket],
]);
export const CLOSING: ReadonlySet<TokenType> = new Set(CLOSERS.values());

/** A bracket after one of these is a value, however many lines it takes. */
export const OPENS_VALUE: ReadonlySet<TokenType> = new Set([T.OpenParenthesis, T.OpenBracket, T.Comma, T.Colon]);

/** For each token the column where it starts its line, counted from 0, or null within a line. */
export function lineColumns(file: SourceFile, tokens: readonly IToken[]): (number | null)[] {
  let previousEnd = 0;
  return tokens.map((token, index) => {
    const gap = file.text.slice(previousEnd, token.startOffset);
    previousEnd = T.endOf(token);
    const newline = Math.max(gap.lastIndexOf('\n'), gap.lastIndexOf('\r'));
    if (newline === -1) return index === 0 ? token.startOffset : null;
    return gap.length - newline - 1;
  });
}

/** How many `{` and how many `}` have no partner, by counting alone. */
export function unbalancedBraces(tokens: readonly IToken[]): [number, number] {
  let open = 0;
  let excess = 0;
  for (const { tokenType } of tokens) {
    if (tokenType === T.OpenBrace) open++;
    else if (tokenType === T.CloseBrace) {
      if (open > 0) open--;
      else excess++;
    }
  }
  return [open, excess];
}

/** Indices of the `(` and `[` that find their partner before a brace that belongs to another statement. */
export function closedRoundBrackets(tokens: readonly IToken[]): ReadonlySet<number> {
  const closed = new Set<number>();
  let frame: number[] = [];
  const frames: number[][] = [];
  tokens.forEach(({ tokenType }, index) => {
    if (tokenType === T.OpenBrace) {
      const nested = OPENS_VALUE.has(tokens[index - 1]?.tokenType ?? T.Separator);
      frames.push(nested ? frame : []);
      frame = [];
    } else if (tokenType === T.CloseBrace) {
      frame = frames.pop() ?? [];
    } else if (CLOSERS.has(tokenType)) {
      frame.push(index);
    } else if (CLOSING.has(tokenType)) {
      const opener = frame.pop();
      if (opener !== undefined && CLOSERS.get(tokens[opener]?.tokenType ?? T.Separator) === tokenType)
        closed.add(opener);
    }
  });
  return closed;
}

import type { IToken, TokenType } from 'chevrotain';
import * as M from './bracket-mistakes.ts';
import { CLOSERS, CLOSING, closedRoundBrackets, lineColumns, OPENS_VALUE, unbalancedBraces } from './bracket-pairs.ts';
import type { Diagnostic } from './diagnostic.ts';
import { isKeyword } from './keywords.ts';
import type { SourceFile, Span } from './source.ts';
import { tokenSpan } from './syntax-nodes.ts';
import * as T from './tokens.ts';

/**
 * Makes every bracket have its partner, so that the grammar can rely on it and a mistake stays within its block. Where one
 * is missing, indentation tells where it was meant; what is put in has an empty image. Brackets that close nothing, and what
 * is nested too deep for anyone, become `Unreadable`.
 */
export function balanceBrackets(file: SourceFile, tokens: readonly IToken[]): [IToken[], Diagnostic[]] {
  const balancer = new Balancer(file, tokens);
  return [balancer.output, balancer.diagnostics];
}

/** One pass over the tokens of a file with the stack of what is open; it lives only within `balanceBrackets`. */
class Balancer {
  readonly output: IToken[] = [];
  readonly diagnostics: Diagnostic[] = [];
  private readonly open: M.Open[] = [];
  private readonly columns: readonly (number | null)[];
  private readonly closedRounds: ReadonlySet<number>;
  private missing: number;
  private excess: number;
  private indent = 0;
  /** Index of the first token of the line. */
  private lineStart = 0;
  private depthReported = false;

  constructor(
    private readonly file: SourceFile,
    private readonly tokens: readonly IToken[],
  ) {
    this.columns = lineColumns(file, tokens);
    this.closedRounds = closedRoundBrackets(tokens);
    [this.missing, this.excess] = unbalancedBraces(tokens);
    for (let index = 0; index < tokens.length; ) index = this.step(index);
    this.finish();
  }

  /** @returns the index of the next token to look at. */
  private step(index: number): number {
    const token = this.tokens[index] as IToken;
    const column = this.columns[index] ?? null;
    if (column !== null) {
      if (this.excess > 0 && column > this.indent) this.openByIndentation(index);
      this.indent = column;
      this.lineStart = index;
      if (this.missing > 0) this.closeByIndentation(token, column);
      this.closeRoundsBefore(index);
    }
    const closer = CLOSERS.get(token.tokenType);
    if (closer !== undefined) return this.opens(index, closer);
    if (token.tokenType === T.CloseBrace) this.closesBrace(token, column);
    else if (CLOSING.has(token.tokenType)) this.closesRound(token);
    else this.output.push(token);
    return index + 1;
  }

  private opens(index: number, closer: TokenType): number {
    const token = this.tokens[index] as IToken;
    const startsNested = OPENS_VALUE.has(this.output.at(-1)?.tokenType ?? T.Separator);
    if (closer === T.CloseBrace && !startsNested) this.closeRounds(token);
    if (this.open.length >= M.DEEPEST_NESTING) return this.skipGroup(index);
    const firstInside = this.columns[index + 1] ?? null;
    const indented = firstInside === null || firstInside > this.indent;
    this.open.push({ token, index, closer, indent: this.indent, indented });
    this.output.push(token);
    return index + 1;
  }

  private closesBrace(token: IToken, column: number | null): void {
    this.closeRounds(token);
    const top = this.open.at(-1);
    const misplaced = top !== undefined && column !== null && this.excess > 0 && column > top.indent && top.indented;
    if (top === undefined || misplaced) {
      this.excess--;
      this.stray(token);
    } else {
      this.open.pop();
      this.output.push(token);
    }
  }

  private closesRound(token: IToken): void {
    const top = this.open.at(-1);
    if (top === undefined || top.closer === T.CloseBrace) {
      this.stray(token);
      return;
    }
    if (top.closer !== token.tokenType) {
      const frame = this.open.findLastIndex((open) => open.closer === T.CloseBrace);
      const partner = this.open.findLastIndex((open) => open.closer === token.tokenType);
      if (partner <= frame) {
        this.wrongCloser(top, token);
        return;
      }
      while (this.open.length > partner + 1) this.closeTop();
    }
    this.open.pop();
    this.output.push(token);
  }

  /** `schedule` on a line of its own, then indented lines, and a `}` too many in the file: the `{` is missing. */
  private openByIndentation(index: number): void {
    const line = this.tokens.slice(this.lineStart, index);
    const keyword = line[0];
    if (keyword === undefined || !isKeyword(keyword.image) || this.open.length >= M.DEEPEST_NESTING) return;
    if (!line.every(({ tokenType }) => HEADER.has(tokenType)) || this.tokens[index]?.tokenType === T.OpenBrace) return;
    const at = this.endOfOutput();
    const span = this.span(at, at);
    const header = this.file.text.slice(keyword.startOffset, at);
    this.diagnostics.push(M.braceNotOpened(span, header));
    const token = T.madeToken(T.OpenBrace, at);
    this.open.push({ token, index: this.lineStart, closer: T.CloseBrace, indent: this.indent, indented: true });
    this.output.push(token);
    this.excess--;
  }

  /** A statement that starts no further right than the line that opened the block: the block's end is missing. */
  private closeByIndentation(token: IToken, column: number): void {
    const leftmost = token.tokenType === T.Name ? 0 : token.tokenType === T.CloseBrace ? -1 : null;
    if (leftmost === null) return;
    for (;;) {
      const brace = this.open.findLast((open) => open.closer === T.CloseBrace);
      if (brace === undefined || !brace.indented || column > brace.indent + leftmost || this.missing === 0) return;
      this.closeRounds(token);
      this.closeTop();
      this.missing--;
    }
  }

  /** An unclosed `(` or `[` ends where a new line starts a new statement. */
  private closeRoundsBefore(index: number): void {
    const token = this.tokens[index];
    for (;;) {
      const top = this.open.at(-1);
      if (top === undefined || top.closer === T.CloseBrace || this.closedRounds.has(top.index)) return;
      if (token?.tokenType !== T.Name) return;
      const continues = CONTINUES.has(this.output.at(-1)?.tokenType ?? T.Separator);
      const settingInList = top.closer === T.CloseBracket && this.tokens[index + 1]?.tokenType === T.Colon;
      if (continues && !settingInList) return;
      this.closeTop();
    }
  }

  private closeRounds(before: IToken): void {
    for (let top = this.open.at(-1); top !== undefined && top.closer !== T.CloseBrace; top = this.open.at(-1)) {
      if (before.startOffset < top.token.startOffset) return;
      this.closeTop();
    }
  }

  /** Closes the innermost bracket where it stands open, and says so. */
  private closeTop(): void {
    const top = this.open.pop();
    if (top === undefined) return;
    const at = this.endOfOutput();
    const span = this.span(at, at);
    this.diagnostics.push(top.closer === T.CloseBrace ? this.braceMissing(span, top) : M.roundNotClosed(span, top));
    this.output.push(T.madeToken(top.closer, at));
  }

  private finish(): void {
    this.closeRoundsAtEnd();
    const at = this.endOfOutput();
    const inner = this.open.at(-1);
    if (inner === undefined) return;
    const outer = this.open.slice(0, -1).reverse();
    this.diagnostics.push(this.braceMissing(this.span(at, at), inner, outer));
    for (let open = this.open.pop(); open !== undefined; open = this.open.pop()) {
      this.output.push(T.madeToken(open.closer, at));
    }
  }

  private closeRoundsAtEnd(): void {
    for (let top = this.open.at(-1); top !== undefined && top.closer !== T.CloseBrace; top = this.open.at(-1)) {
      this.closeTop();
    }
  }

  private braceMissing(span: Span, open: M.Open, outer: readonly M.Open[] = []): Diagnostic {
    return M.braceNotClosed(span, open, outer, (each) => this.header(each));
  }

  private wrongCloser(open: M.Open, token: IToken): void {
    this.diagnostics.push(M.wrongCloser(tokenSpan(this.file, token), open, token.image));
    this.open.pop();
    this.output.push({ ...token, tokenType: open.closer, tokenTypeIdx: open.closer.tokenTypeIdx ?? 0 });
  }

  private stray(token: IToken): void {
    this.diagnostics.push(M.closesNothing(tokenSpan(this.file, token), token.image));
    this.output.push(unreadable(token));
  }

  /** Sets a whole group aside, however deep it goes. */
  private skipGroup(index: number): number {
    const token = this.tokens[index] as IToken;
    if (!this.depthReported) {
      this.depthReported = true;
      this.diagnostics.push(M.tooDeep(tokenSpan(this.file, token)));
    }
    this.output.push(unreadable(token));
    let depth = 0;
    for (let at = index; at < this.tokens.length; at++) {
      const type = (this.tokens[at] as IToken).tokenType;
      if (CLOSERS.has(type)) depth++;
      else if (CLOSING.has(type) && --depth === 0) return at + 1;
    }
    return this.tokens.length;
  }

  /** The words before `{` on its line: `model SegResNet`. */
  private header(open: M.Open): string {
    let first = open.index;
    while (first > 0 && this.columns[first] === null && !BRACES.has((this.tokens[first - 1] as IToken).tokenType))
      first--;
    const start = (this.tokens[first] as IToken).startOffset;
    const text = this.file.text.slice(start, open.token.startOffset).trim().replace(/\s+/g, ' ');
    if (text === '') return '{';
    return text.length > LONGEST_HEADER ? `${text.slice(0, LONGEST_HEADER)}…` : text;
  }

  private endOfOutput(): number {
    const last = this.output.at(-1);
    return last === undefined ? 0 : T.endOf(last);
  }

  private span(start: number, end: number): Span {
    return { file: this.file, start, end };
  }
}

const LONGEST_HEADER = 40;
const HEADER: ReadonlySet<TokenType> = new Set([T.Name, T.Dot, T.StringToken, T.OpenParenthesis, T.CloseParenthesis]);
const BRACES: ReadonlySet<TokenType> = new Set([T.OpenBrace, T.CloseBrace]);
const CONTINUES: ReadonlySet<TokenType> = new Set([
  T.OpenParenthesis,
  T.OpenBracket,
  T.Comma,
  T.Colon,
  T.Slash,
  T.Dots,
]);

function unreadable(token: IToken): IToken {
  return { ...token, tokenType: T.Unreadable, tokenTypeIdx: T.Unreadable.tokenTypeIdx ?? 0 };
}

import { EmbeddedActionsParser, type IToken, type ParserMethod, type TokenType, tokenMatcher } from 'chevrotain';
import type * as A from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { oneTokenLookahead } from './lookahead.ts';
import type { SourceFile, Span } from './source.ts';
import { colonBeforeBlock, equalsForColon, nameMissing, unexpected, valueMissing } from './syntax-mistakes.ts';
import { tokenSpan } from './syntax-nodes.ts';
import * as T from './tokens.ts';

/**
 * What all rules of the grammar share: skipping what fits nowhere, looking ahead, and where things stand.
 *
 * The grammar is total: brackets are balanced before (`brackets.ts`), each part that may be missing is optional here and
 * reported where it is, and what fits nowhere is skipped by `junk`. So no input makes Chevrotain raise an error of its own,
 * and each message is ours.
 */
export class BaseParser extends EmbeddedActionsParser {
  protected source: SourceFile = { path: '', text: '' };
  protected diagnostics: Diagnostic[] = [];

  constructor() {
    super(T.VOCABULARY, { maxLookahead: 1, skipValidations: true, lookaheadStrategy: oneTokenLookahead() });
  }

  /** Everything up to the end of the statement. */
  protected readonly junk: ParserMethod<[], Junk> = this.RULE('junk', () => {
    const first = this.LA(1);
    let reported = false;
    this.AT_LEAST_ONE(() =>
      this.OR([
        {
          ALT: () => {
            const token = this.CONSUME(T.Loose);
            if (token.tokenType === T.Unreadable) reported = true;
          },
        },
        { ALT: () => this.CONSUME(T.Comma) },
        {
          ALT: () => {
            if (this.SUBRULE(this.junkGroup)) reported = true;
          },
        },
      ]),
    );
    return this.ACTION((): Junk => ({ first, span: this.spanFrom(first), reported }));
  });

  /** Everything up to the next comma or the bracket's end. */
  protected readonly junkInBrackets: ParserMethod<[], Junk> = this.RULE('junkInBrackets', () => {
    const first = this.LA(1);
    let reported = false;
    this.AT_LEAST_ONE(() =>
      this.OR([
        {
          ALT: () => {
            const token = this.CONSUME(T.Loose);
            if (token.tokenType === T.Unreadable) reported = true;
          },
        },
        {
          ALT: () => {
            if (this.SUBRULE(this.junkGroup)) reported = true;
          },
        },
      ]),
    );
    return this.ACTION((): Junk => ({ first, span: this.spanFrom(first), reported }));
  });

  /** @returns whether something in it has been reported already. */
  private readonly junkGroup: ParserMethod<[], boolean> = this.RULE('junkGroup', () => {
    const found: (Junk | undefined)[] = [];
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.OpenBrace);
          this.MANY(() =>
            this.OR2([{ ALT: () => this.CONSUME(T.Separator) }, { ALT: () => found.push(this.SUBRULE(this.junk)) }]),
          );
          this.CONSUME(T.CloseBrace);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.OpenParenthesis);
          found.push(this.OPTION(() => this.SUBRULE2(this.junk)));
          this.CONSUME(T.CloseParenthesis);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.OpenBracket);
          found.push(this.OPTION2(() => this.SUBRULE3(this.junk)));
          this.CONSUME(T.CloseBracket);
        },
      },
    ]);
    return this.ACTION((): boolean => found.some((junk) => junk?.reported === true));
  });

  /** A value where one has to be; once a rule, because it takes that rule's `OPTION9`. */
  protected expected(before: string, anchor: IToken, parse: () => A.Expression): A.Expression {
    const value = this.OPTION9({ GATE: () => this.valueAhead(), DEF: parse });
    return this.ACTION(() => value ?? this.missingValue(before, anchor));
  }

  protected missingValue(before: string, anchor: IToken): A.Missing {
    const span = this.after(anchor);
    if (!this.alreadyReported()) {
      const next = this.LA(1);
      const opensBlock = next.tokenType === T.OpenBrace && anchor.tokenType === T.Colon;
      this.diagnostics.push(opensBlock ? colonBeforeBlock(span, before, anchor, next) : valueMissing(span, before));
    }
    return { kind: 'missing', span };
  }

  protected nameMissing(before: string, anchor: IToken): void {
    this.diagnostics.push(nameMissing(this.after(anchor), before));
  }

  protected unexpected(junk: Junk, where: string): void {
    if (junk.reported) return;
    this.diagnostics.push(unexpected(tokenSpan(this.source, junk.first), junk.first.image, where));
  }

  /** Says so where `=` stands for `:`. */
  protected colon(name: A.Name | A.Reference, sign: IToken): void {
    if (sign.tokenType === T.Equals) this.diagnostics.push(equalsForColon(name, tokenSpan(this.source, sign)));
  }

  /** Whether what stands next has been reported by an earlier pass. */
  protected alreadyReported(): boolean {
    const { tokenType, image } = this.LA(1);
    const closesRound = tokenType === T.CloseParenthesis || tokenType === T.CloseBracket;
    return tokenType === T.Unreadable || (closesRound && image === '');
  }

  protected at(type: TokenType, distance = 1): boolean {
    return tokenMatcher(this.LA(distance), type);
  }

  protected atAny(types: TokenTypes, distance = 1): boolean {
    return types.has(this.LA(distance).tokenTypeIdx);
  }

  protected argumentNameAhead(): boolean {
    return this.at(T.Name) && (this.at(T.Colon, 2) || this.at(T.Equals, 2));
  }

  protected valueAhead(): boolean {
    return this.atAny(VALUE_STARTS) && !this.argumentNameAhead();
  }

  protected spanFrom(first: IToken): Span {
    return this.spanFromOffset(first.startOffset);
  }

  protected spanFromOffset(start: number): Span {
    return { file: this.source, start, end: Math.max(start, T.endOf(this.LA(0))) };
  }

  protected after(token: IToken): Span {
    return { file: this.source, start: T.endOf(token), end: T.endOf(token) };
  }

  protected spanning(nodes: readonly A.Expression[]): Span {
    return { file: this.source, start: nodes[0]?.span.start ?? 0, end: nodes.at(-1)?.span.end ?? 0 };
  }
}

/** What was skipped because it fits nowhere. */
export interface Junk {
  readonly first: IToken;
  readonly span: Span;
  /** Whether an earlier pass has reported something within it. */
  readonly reported: boolean;
}

/** Token types by their index, with those that are like them (`tokens.ts`). */
export type TokenTypes = ReadonlySet<number>;

export function tokenTypes(...types: TokenType[]): TokenTypes {
  return new Set(
    types.flatMap((type) => [type.tokenTypeIdx ?? 0, ...Object.keys(type.categoryMatchesMap ?? {}).map(Number)]),
  );
}

const VALUE_STARTS = tokenTypes(T.Name, T.NumberToken, T.Size, T.StringToken, T.MoneyToken, T.OpenBracket, T.Dots);

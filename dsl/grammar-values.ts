import { EmbeddedActionsParser, type IToken, type ParserMethod, type TokenType, tokenMatcher } from 'chevrotain';
import type * as A from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { isConnective } from './keywords.ts';
import type { SourceFile, Span } from './source.ts';
import { reportSyntax } from './syntax-diagnostics.ts';
import * as N from './syntax-nodes.ts';
import * as T from './tokens.ts';

/**
 * The grammar of values. It is total: brackets are balanced before (`brackets.ts`), each part that may be missing is
 * optional here and reported where it is, and what fits nowhere is skipped by `junk`. So no input makes Chevrotain raise an
 * error of its own, and each message is ours.
 */
export class ValueParser extends EmbeddedActionsParser {
  protected source: SourceFile = { path: '', text: '' };
  protected diagnostics: Diagnostic[] = [];

  constructor() {
    super(T.VOCABULARY, { maxLookahead: 1, skipValidations: true });
  }

  /** `$30, 20h`: expressions separated by commas. */
  protected readonly value: ParserMethod<[], A.Expression> = this.RULE('value', () => {
    const items = [this.SUBRULE(this.expression, { ARGS: [false] })];
    this.MANY(() => {
      const comma = this.CONSUME(T.Comma);
      items.push(this.expected(comma.image, comma, () => this.SUBRULE2(this.expression, { ARGS: [false] })));
    });
    return this.ACTION((): A.Expression => {
      const [first] = items;
      return items.length === 1 && first ? first : { kind: 'sequence', span: this.spanning(items), items };
    });
  });

  /** `70% / 15% / 15%` */
  protected readonly expression: ParserMethod<[inBrackets: boolean], A.Expression> = this.RULE(
    'expression',
    (inBrackets: boolean) => {
      const parts = [this.SUBRULE(this.phrase, { ARGS: [inBrackets] })];
      this.MANY(() => {
        const slash = this.CONSUME(T.Slash);
        parts.push(this.expected(slash.image, slash, () => this.SUBRULE2(this.phrase, { ARGS: [inBrackets] })));
      });
      return this.ACTION((): A.Expression => {
        const [first] = parts;
        return parts.length === 1 && first ? first : { kind: 'slashed', span: this.spanning(parts), parts };
      });
    },
  );

  /** `every 2 epochs`: words and numbers, or one operand of any kind. */
  private readonly phrase: ParserMethod<[inBrackets: boolean], A.Expression> = this.RULE(
    'phrase',
    (inBrackets: boolean) => {
      const parts: A.Expression[] = [];
      this.AT_LEAST_ONE({
        GATE: () => parts.length === 0 || this.phraseGoesOn(parts, inBrackets),
        DEF: () => parts.push(this.SUBRULE(this.operand)),
      });
      return this.ACTION((): A.Expression => this.spacedSize(parts) ?? N.phraseNode(parts));
    },
  );

  private readonly operand: ParserMethod<[], A.Expression> = this.RULE('operand', () =>
    this.OR<A.Expression>([
      { ALT: () => this.SUBRULE(this.numberOrRange) },
      { ALT: () => this.SUBRULE(this.size) },
      { ALT: () => this.SUBRULE(this.headlessRange) },
      { ALT: () => this.SUBRULE(this.callOrReference) },
      { ALT: () => this.SUBRULE(this.list) },
      {
        ALT: () => {
          const token = this.CONSUME(T.StringToken);
          return this.ACTION(() => N.stringNode(this.source, token));
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(T.MoneyToken);
          return this.ACTION(() => N.moneyNode(this.source, token));
        },
      },
    ]),
  );

  /** `2..4`, `1e-5..1e-3` */
  private readonly numberOrRange: ParserMethod<[], A.Expression> = this.RULE('numberOrRange', () => {
    const from = this.SUBRULE(this.number);
    const range = this.OPTION(() => {
      const dots = this.CONSUME(T.Dots);
      const to = this.OPTION2(() => this.SUBRULE2(this.number));
      return this.ACTION(() => this.range(from, dots, to));
    });
    return range ?? from;
  });

  /** `..4` */
  private readonly headlessRange: ParserMethod<[], A.Expression> = this.RULE('headlessRange', () => {
    const dots = this.CONSUME(T.Dots);
    const to = this.OPTION(() => this.SUBRULE(this.number));
    return this.ACTION((): A.Expression => this.range(undefined, dots, to));
  });

  private readonly number: ParserMethod<[], A.NumberLiteral> = this.RULE('number', () => {
    const token = this.CONSUME(T.NumberToken);
    const unit = this.SUBRULE(this.unit);
    return this.ACTION((): A.NumberLiteral => this.finite(N.numberNode(this.source, token, unit)));
  });

  private readonly size: ParserMethod<[], A.Expression> = this.RULE('size', () => {
    const token = this.CONSUME(T.Size);
    const unit = this.SUBRULE(this.unit);
    return this.ACTION((): A.Expression => N.tripleNode(this.source, token, unit));
  });

  private readonly unit: ParserMethod<[], IToken | null> = this.RULE('unit', () => {
    const unit = this.OPTION({
      GATE: () => this.unitAhead(),
      DEF: () => this.OR([{ ALT: () => this.CONSUME(T.Percent) }, { ALT: () => this.CONSUME(T.Name) }]),
    });
    return unit ?? null;
  });

  private readonly callOrReference: ParserMethod<[], A.Expression> = this.RULE('callOrReference', () => {
    const callee = this.SUBRULE(this.reference);
    const given = this.OPTION(() => this.SUBRULE(this.arguments));
    return this.ACTION((): A.Expression => (given === undefined ? callee : this.call(callee, given)));
  });

  /** `val.dice` */
  protected readonly reference: ParserMethod<[], A.Reference> = this.RULE('reference', () => {
    const first = this.CONSUME(T.Name);
    const words = [first.image];
    this.MANY(() => {
      const dot = this.CONSUME(T.Dot);
      const next = this.OPTION(() => this.CONSUME2(T.Name));
      this.ACTION(() => {
        if (next !== undefined) words.push(next.image);
        else if (!this.alreadyReported()) this.nameMissing(`${words.join('.')}.`, dot);
      });
    });
    return this.ACTION((): A.Reference => ({ kind: 'reference', span: this.spanFrom(first), text: words.join('.') }));
  });

  /** `(learning_rate: 1e-4, …)` */
  protected readonly arguments: ParserMethod<[], A.Argument[]> = this.RULE('arguments', () => {
    const given: A.Argument[] = [];
    let separated = true;
    this.CONSUME(T.OpenParenthesis);
    this.MANY(() =>
      this.OR([
        {
          ALT: () => {
            const comma = this.CONSUME(T.Comma);
            this.ACTION(() => this.comma(comma, separated));
            separated = true;
          },
        },
        {
          GATE: () => this.valueAhead() || this.argumentNameAhead(),
          ALT: () => {
            const argument = this.SUBRULE(this.argument);
            this.ACTION(() => this.item(argument.span, separated));
            given.push(argument);
            separated = false;
          },
        },
        {
          ALT: () => {
            const junk = this.SUBRULE(this.junkInBrackets);
            this.ACTION(() => this.unexpected(junk, 'in the arguments'));
            separated = true;
          },
        },
      ]),
    );
    this.CONSUME(T.CloseParenthesis);
    return given;
  });

  private readonly argument: ParserMethod<[], A.Argument> = this.RULE('argument', () =>
    this.OR<A.Argument>([
      { GATE: () => this.argumentNameAhead(), ALT: () => this.SUBRULE(this.namedArgument) },
      {
        ALT: () => {
          const value = this.SUBRULE(this.expression, { ARGS: [true] });
          return this.ACTION((): A.Argument => ({ kind: 'argument', span: value.span, name: null, value }));
        },
      },
    ]),
  );

  private readonly namedArgument: ParserMethod<[], A.Argument> = this.RULE('namedArgument', () => {
    const word = this.CONSUME(T.Name);
    const sign = this.OR([{ ALT: () => this.CONSUME(T.Colon) }, { ALT: () => this.CONSUME(T.Equals) }]);
    const name = N.nameNode(this.source, word);
    this.ACTION(() => this.colon(name, sign));
    const value = this.expected(`${word.image}:`, sign, () => this.SUBRULE(this.expression, { ARGS: [true] }));
    return this.ACTION((): A.Argument => ({ kind: 'argument', span: this.spanFrom(word), name, value }));
  });

  private readonly list: ParserMethod<[], A.List> = this.RULE('list', () => {
    const items: A.Expression[] = [];
    let separated = true;
    const open = this.CONSUME(T.OpenBracket);
    this.MANY(() =>
      this.OR([
        {
          ALT: () => {
            const comma = this.CONSUME(T.Comma);
            this.ACTION(() => this.comma(comma, separated));
            separated = true;
          },
        },
        {
          GATE: () => this.valueAhead(),
          ALT: () => {
            const item = this.SUBRULE(this.expression, { ARGS: [true] });
            this.ACTION(() => this.item(item.span, separated));
            items.push(item);
            separated = false;
          },
        },
        {
          ALT: () => {
            const junk = this.SUBRULE(this.junkInBrackets);
            this.ACTION(() => this.unexpected(junk, 'in the list'));
            separated = true;
          },
        },
      ]),
    );
    this.CONSUME(T.CloseBracket);
    return this.ACTION((): A.List => ({ kind: 'list', span: this.spanFrom(open), items }));
  });

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
  private readonly junkInBrackets: ParserMethod<[], Junk> = this.RULE('junkInBrackets', () => {
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
      this.diagnostics.push(reportSyntax('EXP1101', span, { before }, { label: 'a value belongs here' }));
    }
    return { kind: 'missing', span };
  }

  protected nameMissing(before: string, anchor: IToken): void {
    this.diagnostics.push(reportSyntax('EXP1112', this.after(anchor), { before }, { label: 'a name belongs here' }));
  }

  protected unexpected(junk: Junk, where: string): void {
    if (junk.reported) return;
    const span = N.tokenSpan(this.source, junk.first);
    this.diagnostics.push(reportSyntax('EXP1105', span, { found: junk.first.image, where }));
  }

  /** Says so where `=` stands for `:`. */
  protected colon(name: A.Name | A.Reference, sign: IToken): void {
    if (sign.tokenType !== T.Equals) return;
    const gap = /^[ \t]*/.exec(this.source.text.slice(T.endOf(sign)))?.[0] ?? '';
    const span = { file: this.source, start: name.span.end, end: T.endOf(sign) + gap.length };
    this.diagnostics.push(
      reportSyntax(
        'EXP1103',
        N.tokenSpan(this.source, sign),
        { name: name.text },
        {
          fix: { title: 'use `:`', span, replacement: ': ' },
        },
      ),
    );
  }

  protected call(callee: A.Reference, given: readonly A.Argument[]): A.Call {
    return { kind: 'call', span: this.spanFromOffset(callee.span.start), callee, arguments: given };
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

  protected argumentNameAhead(): boolean {
    return this.at(T.Name) && (this.at(T.Colon, 2) || this.at(T.Equals, 2));
  }

  protected valueAhead(): boolean {
    return VALUE_STARTS.some((type) => this.at(type)) && !this.argumentNameAhead();
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

  private spanning(nodes: readonly A.Expression[]): Span {
    return { file: this.source, start: nodes[0]?.span.start ?? 0, end: nodes.at(-1)?.span.end ?? 0 };
  }

  /** `5 epochs`, `8GB`, `10%`: on the number's line, and no word that begins something else. */
  private unitAhead(): boolean {
    if (this.at(T.Percent)) return true;
    const start = T.endOf(this.LA(0));
    const word = this.LA(1);
    if (word.startOffset === start) return true;
    const startsOther = UNITS_END.some((type) => this.at(type, 2));
    return !startsOther && !isConnective(word.image) && !this.source.text.slice(start, word.startOffset).includes('\n');
  }

  private phraseGoesOn(parts: readonly A.Expression[], inBrackets: boolean): boolean {
    const last = parts.at(-1);
    if (last === undefined || !N.isPhrasePart(last)) return false;
    if (this.at(T.NumberToken)) return last.kind === 'reference';
    if (!this.at(T.Name) || this.argumentNameAhead()) return false;
    let end = 2;
    while (this.at(T.Dot, end) && this.at(T.Name, end + 1)) end += 2;
    if (this.at(T.OpenParenthesis, end)) return false;
    return !inBrackets || parts.some((part) => part.kind === 'number');
  }

  /** `1mm x 1mm x 2mm`: understood, and shown how it is written. */
  private spacedSize(parts: readonly A.Expression[]): A.Triple | null {
    const [x, by, y, again, z] = parts;
    if (parts.length !== 5 || x?.kind !== 'number' || y?.kind !== 'number' || z?.kind !== 'number') return null;
    const joined = [by, again].every((word) => word?.kind === 'reference' && /^[xX]$/.test(word.text));
    if (!joined || x.unit !== y.unit || y.unit !== z.unit) return null;
    const span = { file: this.source, start: x.span.start, end: z.span.end };
    const replacement = `${x.text}x${y.text}x${z.text}${z.unit === null ? '' : ` ${z.unit}`}`;
    const fix = { title: `write \`${replacement}\``, span, replacement };
    this.diagnostics.push(reportSyntax('EXP1110', span, {}, { fix }));
    const [a, b, c] = [x, y, z].map((part) => ({ ...part, unit: null }));
    return a && b && c ? { kind: 'triple', span, parts: [a, b, c], unit: z.unit } : null;
  }

  private range(from: A.NumberLiteral | undefined, dots: IToken, to: A.NumberLiteral | undefined): A.Expression {
    const span = { file: this.source, start: from?.span.start ?? dots.startOffset, end: to?.span.end ?? T.endOf(dots) };
    if (from !== undefined && to !== undefined && dots.image === '..') return { kind: 'range', span, from, to };
    if (from !== undefined && to !== undefined) {
      const dotsSpan = N.tokenSpan(this.source, dots);
      const fix = { title: 'use two dots', span: dotsSpan, replacement: '..' };
      this.diagnostics.push(reportSyntax('EXP1111', dotsSpan, {}, { label: 'two dots', fix }));
      return { kind: 'range', span, from, to };
    }
    if (!this.alreadyReported()) this.diagnostics.push(reportSyntax('EXP1111', span, {}));
    return { kind: 'missing', span };
  }

  private finite(number: A.NumberLiteral): A.NumberLiteral {
    if (Number.isFinite(number.value)) return number;
    this.diagnostics.push(reportSyntax('EXP1006', number.span, { text: number.text }, { label: 'too large' }));
    return { ...number, value: Number.MAX_VALUE };
  }

  private comma(comma: IToken, separated: boolean): void {
    if (!separated) return;
    const span = N.tokenSpan(this.source, comma);
    const fix = { title: 'remove it', span, replacement: '' };
    this.diagnostics.push(reportSyntax('EXP1105', span, { found: ',', where: 'without a value before it' }, { fix }));
  }

  /** An item of a list or of arguments: a comma has to stand before it. */
  private item(span: Span, separated: boolean): void {
    if (separated) return;
    const before = this.source.text.slice(0, span.start).trimEnd().length;
    const gap = { file: this.source, start: before, end: span.start };
    const found = this.source.text.slice(span.start, span.end);
    const fix = { title: 'insert `,`', span: gap, replacement: ', ' };
    this.diagnostics.push(
      reportSyntax('EXP1108', { ...span, end: span.start + 1 }, { found: shortened(found) }, { fix }),
    );
  }
}

/** What was skipped because it fits nowhere. */
export interface Junk {
  readonly first: IToken;
  readonly span: Span;
  /** Whether an earlier pass has reported something within it. */
  readonly reported: boolean;
}

const VALUE_STARTS: readonly TokenType[] = [
  T.Name,
  T.NumberToken,
  T.Size,
  T.StringToken,
  T.MoneyToken,
  T.OpenBracket,
  T.Dots,
];

/** A word before one of these is no unit. */
const UNITS_END: readonly TokenType[] = [T.Colon, T.Equals, T.Dot, T.OpenParenthesis];

const LONGEST_SHOWN = 30;

export function shortened(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? '';
  return line.length > LONGEST_SHOWN || line !== text ? `${line.slice(0, LONGEST_SHOWN)}…` : text;
}

import type { IToken, ParserMethod } from 'chevrotain';
import type * as A from './ast.ts';
import { BaseParser, tokenTypes } from './grammar-base.ts';
import { isConnective } from './keywords.ts';
import * as M from './syntax-mistakes.ts';
import * as N from './syntax-nodes.ts';
import * as T from './tokens.ts';

/** `x3` behind a number, whatever stands between them: no unit, for printed side by side they are a size. */
const PART_OF_A_SIZE = /^[xX]\d/;

/** The grammar of values. */
export class ValueParser extends BaseParser {
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
            this.ACTION(() => this.item(argument, separated));
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
            this.ACTION(() => this.item(item, separated));
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

  protected call(callee: A.Reference, given: readonly A.Argument[]): A.Call {
    return { kind: 'call', span: this.spanFromOffset(callee.span.start), callee, arguments: given };
  }

  /** `5 epochs`, `8GB`, `10%`: on the number's line, and no word that begins something else. */
  private unitAhead(): boolean {
    if (this.at(T.Percent)) return true;
    const start = T.endOf(this.LA(0));
    const word = this.LA(1);
    if (isConnective(word.image) || PART_OF_A_SIZE.test(word.image)) return false;
    if (word.startOffset === start) return true;
    const startsOther = this.atAny(UNITS_END, 2);
    return !startsOther && !this.source.text.slice(start, word.startOffset).includes('\n');
  }

  private phraseGoesOn(parts: readonly A.Expression[], inBrackets: boolean): boolean {
    const last = parts.at(-1);
    if (last === undefined || !N.isPhrasePart(last)) return false;
    if (this.at(T.NumberToken)) return last.kind === 'reference';
    if (!this.at(T.Name) || this.argumentNameAhead()) return false;
    if (last.kind === 'number' && PART_OF_A_SIZE.test(this.LA(1).image)) return false;
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
    const span = this.spanning(parts);
    this.diagnostics.push(M.spacedSize(span, [x.text, y.text, z.text], z.unit));
    const bare = (part: A.NumberLiteral): A.NumberLiteral => ({ ...part, unit: null });
    return { kind: 'triple', span, parts: [bare(x), bare(y), bare(z)], unit: z.unit };
  }

  private range(from: A.NumberLiteral | undefined, dots: IToken, to: A.NumberLiteral | undefined): A.Expression {
    const span = { file: this.source, start: from?.span.start ?? dots.startOffset, end: to?.span.end ?? T.endOf(dots) };
    if (from !== undefined && to !== undefined && dots.image === '..') return { kind: 'range', span, from, to };
    if (from !== undefined && to !== undefined) {
      this.diagnostics.push(M.tooManyDots(N.tokenSpan(this.source, dots)));
      return { kind: 'range', span, from, to };
    }
    if (!this.alreadyReported()) this.diagnostics.push(M.openRange(span));
    return { kind: 'missing', span };
  }

  private finite(number: A.NumberLiteral): A.NumberLiteral {
    if (Number.isFinite(number.value)) return number;
    this.diagnostics.push(M.tooLarge(number));
    return { ...number, value: Number.MAX_VALUE };
  }

  private comma(comma: IToken, separated: boolean): void {
    if (separated) this.diagnostics.push(M.needlessComma(N.tokenSpan(this.source, comma)));
  }

  /** An item of a list or of arguments: a comma has to stand before it. */
  private item(item: A.Expression | A.Argument, separated: boolean): void {
    if (!separated) this.diagnostics.push(M.commaMissing(item.span));
  }
}

/** A word before one of these is no unit. */
const UNITS_END = tokenTypes(T.Colon, T.Equals, T.Dot, T.OpenParenthesis);

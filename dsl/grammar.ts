import type { IToken, ParserMethod } from 'chevrotain';
import type * as A from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Junk, tokenTypes } from './grammar-base.ts';
import type { Words } from './grammar-headers.ts';
import { LineParser } from './grammar-lines.ts';
import { isKeyword } from './keywords.ts';
import type { SourceFile } from './source.ts';
import { asMember, isTopLevel, type Statement } from './statement-places.ts';
import * as M from './syntax-mistakes.ts';
import * as N from './syntax-nodes.ts';
import * as T from './tokens.ts';

/** What stands between a block's keyword and its `{`. */
type Header = Pick<A.Block, 'label' | 'variant' | 'on'>;

const NO_HEADER: Header = { label: null, variant: null, on: null };

/** The grammar of statements; like that of values it is total. */
export class StatementParser extends LineParser {
  private settingsMisplaced = false;

  constructor() {
    super();
    this.performSelfAnalysis();
  }

  /** @param tokens balanced and separated */
  parse(source: SourceFile, tokens: IToken[]): [A.File, Diagnostic[]] {
    this.source = source;
    this.diagnostics = [];
    this.settingsMisplaced = false;
    this.input = tokens;
    const file = this.file() as A.File | undefined;
    return file === undefined ? [this.unread(), this.diagnostics] : [file, this.diagnostics];
  }

  /** The grammar is total, so this is a mistake of ours; the user sees where it is, and no stack trace. */
  private unread(): A.File {
    const token = this.errors[0]?.token ?? this.LA(1);
    const span = { file: this.source, start: 0, end: this.source.text.length };
    const at = Number.isNaN(token.startOffset) ? { ...span, start: span.end } : N.tokenSpan(this.source, token);
    this.diagnostics.push(M.unexpected(at, token.image, BEYOND_THE_GRAMMAR));
    return { kind: 'file', span, items: [{ kind: 'broken', span }] };
  }

  private readonly file: ParserMethod<[], A.File> = this.RULE('file', () => {
    const items: A.TopLevel[] = [];
    this.MANY(() =>
      this.OR([
        { ALT: () => this.CONSUME(T.Separator) },
        {
          ALT: () => {
            const statement = this.SUBRULE(this.statement);
            this.ACTION(() => items.push(this.topLevel(statement)));
          },
        },
      ]),
    );
    return this.ACTION((): A.File => {
      const span = { file: this.source, start: 0, end: this.source.text.length };
      return { kind: 'file', span, items };
    });
  });

  /** `{ … }` */
  private readonly body: ParserMethod<[], A.Member[]> = this.RULE('body', () => {
    const members: A.Member[] = [];
    this.CONSUME(T.OpenBrace);
    this.MANY(() =>
      this.OR([
        { ALT: () => this.CONSUME(T.Separator) },
        {
          ALT: () => {
            const statement = this.SUBRULE(this.statement);
            this.ACTION(() => members.push(asMember(statement, (diagnostic) => this.diagnostics.push(diagnostic))));
          },
        },
      ]),
    );
    this.CONSUME(T.CloseBrace);
    return members;
  });

  private readonly statement: ParserMethod<[], Statement> = this.RULE('statement', () => {
    const reportedBefore = this.diagnostics.length;
    const first = this.LA(1);
    const node = this.OR<Statement>([
      { GATE: () => this.keywordAhead('import'), ALT: () => this.SUBRULE(this.importStatement) },
      { GATE: () => this.keywordAhead('param'), ALT: () => this.SUBRULE(this.parameter) },
      { GATE: () => this.keywordAhead('experiment'), ALT: () => this.SUBRULE(this.experiment) },
      { GATE: () => this.keywordAhead('environment'), ALT: () => this.SUBRULE(this.environment) },
      { GATE: () => this.keywordAhead('expect'), ALT: () => this.SUBRULE(this.expectation) },
      { ALT: () => this.SUBRULE(this.named) },
      { ALT: () => this.SUBRULE(this.unreadable) },
    ]);
    const junk = this.OPTION(() => this.SUBRULE(this.junk));
    return this.ACTION((): Statement => {
      if (junk === undefined) return node;
      if (this.diagnostics.length === reportedBefore) this.unexpected(junk, `after \`${this.ending(first, junk)}\``);
      return node;
    });
  });

  private readonly unreadable: ParserMethod<[], A.Broken> = this.RULE('unreadable', () => {
    const junk = this.SUBRULE(this.junk);
    return this.ACTION((): A.Broken => {
      this.unexpected(junk, 'where a setting or a block should start');
      return { kind: 'broken', span: junk.span };
    });
  });

  /** `experiment b extends a { … }` */
  private readonly experiment: ParserMethod<[], A.Experiment> = this.RULE('experiment', () => {
    const keyword = this.CONSUME(T.Name);
    const words = this.SUBRULE(this.words);
    const body = this.OPTION(() => this.SUBRULE(this.body));
    return this.ACTION((): A.Experiment => {
      const { before, after } = this.splitWords(keyword, words, 'extends');
      if (body === undefined) this.bodyMissing(keyword, words);
      return {
        kind: 'experiment',
        span: this.spanFrom(keyword),
        name: this.plainName(keyword, before),
        base: after === null ? null : this.plainName(keyword, after),
        body: body ?? [],
      };
    });
  });

  /** `environment lab.a100 { … }` */
  private readonly environment: ParserMethod<[], A.Environment> = this.RULE('environment', () => {
    const keyword = this.CONSUME(T.Name);
    const words = this.SUBRULE(this.words);
    const body = this.OPTION(() => this.SUBRULE(this.body));
    return this.ACTION((): A.Environment => {
      const { before } = this.splitWords(keyword, words, null);
      if (body === undefined) this.bodyMissing(keyword, words);
      const name: A.Reference = before ?? { kind: 'reference', span: this.after(keyword), text: '' };
      return { kind: 'environment', span: this.spanFrom(keyword), name, body: body ?? [] };
    });
  });

  /** Settings, blocks and calls: what begins with a name that is no keyword of its own. */
  private readonly named: ParserMethod<[], Statement> = this.RULE('named', () => {
    const name = this.SUBRULE(this.reference);
    return this.OR<Statement>([
      { ALT: () => this.SUBRULE(this.setting, { ARGS: [name] }) },
      {
        ALT: () => {
          const given = this.SUBRULE(this.arguments);
          return this.ACTION(() => {
            const call = this.call(name, given);
            return { kind: 'callStatement', span: call.span, call };
          });
        },
      },
      {
        ALT: () => {
          const body = this.SUBRULE(this.body);
          return this.ACTION(() => this.block(name, NO_HEADER, body));
        },
      },
      { GATE: () => this.headerAhead(name), ALT: () => this.SUBRULE(this.headed, { ARGS: [name] }) },
      {
        GATE: () => this.valueAhead(),
        ALT: () => {
          const value = this.SUBRULE(this.value);
          return this.ACTION(() => {
            this.diagnostics.push(M.colonMissing(name));
            return { kind: 'setting', span: this.spanFromOffset(name.span.start), name, value };
          });
        },
      },
      { ALT: () => this.ACTION(() => this.nameAlone(name)) },
    ]);
  });

  /** `: 96x96x96`, after the name */
  private readonly setting: ParserMethod<[name: A.Reference], A.Setting> = this.RULE('setting', (name: A.Reference) => {
    const sign = this.OR([{ ALT: () => this.CONSUME(T.Colon) }, { ALT: () => this.CONSUME(T.Equals) }]);
    this.ACTION(() => this.colon(name, sign));
    const before = this.ACTION(() => `${name.text}:`);
    const value = this.expected(before, sign, () => this.SUBRULE(this.value));
    return this.ACTION((): A.Setting => ({ kind: 'setting', span: this.spanFromOffset(name.span.start), name, value }));
  });

  /** `SegResNet { … }`, `bids("data")`, `cloud-gpu on aws.g4dn.xlarge { … }`, after the keyword */
  private readonly headed: ParserMethod<[keyword: A.Reference], Statement> = this.RULE(
    'headed',
    (keyword: A.Reference) => {
      const words = this.SUBRULE(this.words);
      const given = this.OPTION(() => this.SUBRULE(this.arguments));
      const header = this.ACTION((): Header => {
        const { before, second, after } = this.splitWords(keyword, words, 'on');
        const variant = second ?? before;
        if (given !== undefined && after !== null) {
          const { end } = after.span;
          this.diagnostics.push(
            M.unexpected({ ...after.span, start: end, end: end + 1 }, '(', `after \`${after.text}\``),
          );
        }
        return {
          label: second === null ? null : before,
          variant: variant !== null && given !== undefined ? this.call(variant, given) : variant,
          on: after,
        };
      });
      return this.OR<Statement>([
        {
          ALT: () => {
            const body = this.SUBRULE(this.body);
            return this.ACTION(() => this.block(keyword, header, body));
          },
        },
        {
          ALT: () => {
            const setting = this.SUBRULE(this.setting, { ARGS: [keyword] });
            return this.ACTION(() => this.twoWords(keyword, words.names, setting));
          },
        },
        { ALT: () => this.ACTION(() => this.block(keyword, header, null)) },
      ]);
    },
  );

  private keywordAhead(keyword: string): boolean {
    return this.LA(1).image === keyword && this.at(T.Name) && !this.atAny(NO_STATEMENT_AFTER, 2);
  }

  private block(name: A.Reference, { label, variant, on }: Header, body: readonly A.Member[] | null): A.Block {
    const keyword: A.Name = { ...name, kind: 'name' };
    if (name.text.includes('.')) this.diagnostics.push(M.dottedName(name));
    return { kind: 'block', span: this.spanFromOffset(name.span.start), keyword, label, variant, on, body };
  }

  private nameAlone(name: A.Reference): A.Broken {
    if (!this.alreadyReported()) this.diagnostics.push(M.nameAlone(name));
    return { kind: 'broken', span: name.span };
  }

  private bodyMissing(keyword: IToken, { names }: Words): void {
    if (this.alreadyReported()) return;
    const header = [keyword.image, ...names.map((name) => name.text)].join(' ');
    this.diagnostics.push(M.braceMissing(header, this.after(this.LA(0))));
  }

  /** `learning rate: 1e-4`, and `schedule epochs: 2` where braces were meant. */
  private twoWords(first: A.Reference, rest: readonly A.Reference[], setting: A.Setting): A.Setting | A.Broken {
    if (isKeyword(first.text)) {
      this.diagnostics.push(M.braceMissing(first.text, { ...first.span, start: first.span.end }));
      return { kind: 'broken', span: setting.span };
    }
    const words = [first, ...rest];
    const span = this.spanning(words);
    const text = words.map((word) => word.text).join('_');
    this.diagnostics.push(M.spacedName(span, text));
    return { ...setting, name: { kind: 'reference', span, text } };
  }

  /** Of several settings in a row outside of any experiment the first is reported: they are one mistake. */
  private topLevel(statement: Statement): A.TopLevel {
    if (isTopLevel(statement)) {
      if (statement.kind !== 'broken') this.settingsMisplaced = false;
      return statement;
    }
    if (!this.settingsMisplaced) this.diagnostics.push(M.outsideExperiment(statement.span));
    this.settingsMisplaced = true;
    return { kind: 'broken', span: statement.span };
  }

  /** What stood before the junk, for its message. */
  private ending(first: IToken, junk: Junk): string {
    const lines = this.source.text
      .slice(first.startOffset, junk.span.start)
      .trim()
      .split(/[\r\n]+/);
    return M.shortened(lines.at(-1)?.trim() ?? '');
  }
}

/** Tests look for it: no input may lead here. */
export const BEYOND_THE_GRAMMAR = 'that the parser did not expect; please report this file';

/** `model: …`, `experiment(…)`: the word is a name like any other. */
const NO_STATEMENT_AFTER = tokenTypes(T.Colon, T.Equals, T.Dot, T.OpenParenthesis);

import type { IToken, ParserMethod, TokenType } from 'chevrotain';
import { assertNever } from './assert-never.ts';
import type * as A from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Junk, shortened, ValueParser } from './grammar-values.ts';
import { isKeyword } from './keywords.ts';
import type { SourceFile, Span } from './source.ts';
import { reportSyntax } from './syntax-diagnostics.ts';
import * as N from './syntax-nodes.ts';
import * as T from './tokens.ts';

/** Whatever may stand in a file or a block; where it stands is checked afterwards. */
type Statement = A.TopLevel | A.Member;

/** `cloud-gpu on aws.g4dn.xlarge`: the words after a keyword. */
interface Words {
  readonly names: readonly A.Reference[];
  /** Something in quotes was among them, which has been reported. */
  readonly quoted: boolean;
}

/** What stands between a block's keyword and its `{`. */
type Header = Pick<A.Block, 'label' | 'variant' | 'on'>;

const NO_HEADER: Header = { label: null, variant: null, on: null };

/** The grammar of statements; like that of values it is total. */
export class StatementParser extends ValueParser {
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
    const file = this.file();
    if (this.errors.length > 0) throw new Error(`the grammar is not total: ${this.errors[0]?.message}`);
    return [file, this.diagnostics];
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
            this.ACTION(() => members.push(this.member(statement)));
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

  /** `import "shared/data.exp"` */
  private readonly importStatement: ParserMethod<[], A.Import | A.Broken> = this.RULE('importStatement', () => {
    const keyword = this.CONSUME(T.Name);
    const path = this.OPTION(() => this.CONSUME(T.StringToken));
    return this.ACTION((): A.Import | A.Broken => {
      if (path !== undefined) {
        return { kind: 'import', span: this.spanFrom(keyword), path: N.stringNode(this.source, path) };
      }
      if (!this.alreadyReported()) this.importPathMissing(keyword);
      return { kind: 'broken', span: this.spanFrom(keyword) };
    });
  });

  /** `param lr: number = 1e-4` */
  private readonly parameter: ParserMethod<[], A.Parameter | A.Broken> = this.RULE('parameter', () => {
    const keyword = this.CONSUME(T.Name);
    const name = this.OPTION(() => this.CONSUME2(T.Name));
    const type = this.OPTION2(() => {
      this.CONSUME(T.Colon);
      return this.OPTION3(() => this.CONSUME3(T.Name));
    });
    const defaultValue = this.OPTION4(() => {
      const equals = this.CONSUME(T.Equals);
      return this.expected('=', equals, () => this.SUBRULE(this.value));
    });
    return this.ACTION((): A.Parameter | A.Broken => {
      const span = this.spanFrom(keyword);
      const missing = name === undefined ? 'a name' : type === undefined ? 'a type' : null;
      if (missing !== null && !this.alreadyReported()) {
        this.diagnostics.push(
          reportSyntax('EXP1304', span, { missing }, { help: 'for example `param lr: number = 1e-4`' }),
        );
      }
      if (name === undefined || type === undefined) return { kind: 'broken', span };
      return {
        kind: 'parameter',
        span,
        name: N.nameNode(this.source, name),
        type: N.nameNode(this.source, type),
        defaultValue: defaultValue ?? null,
      };
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

  /** `expect val.dice >= 0.80` */
  private readonly expectation: ParserMethod<[], A.Expectation | A.Broken> = this.RULE('expectation', () => {
    const keyword = this.CONSUME(T.Name);
    const metric = this.OPTION(() => this.SUBRULE(this.reference));
    const operator = this.OPTION2(() =>
      this.OR([{ ALT: () => this.CONSUME(T.Comparison) }, { ALT: () => this.CONSUME(T.Equals) }]),
    );
    const value = this.OPTION3({
      GATE: () => this.valueAhead(),
      DEF: () => this.SUBRULE(this.expression, { ARGS: [false] }),
    });
    return this.ACTION((): A.Expectation | A.Broken => {
      const span = this.spanFrom(keyword);
      if (metric === undefined || operator === undefined || value === undefined) {
        const missing = metric === undefined ? 'a metric' : operator === undefined ? 'a comparison' : 'a value';
        const help = 'for example `expect val.dice >= 0.80`';
        if (!this.alreadyReported()) this.diagnostics.push(reportSyntax('EXP1305', span, { missing }, { help }));
        return { kind: 'broken', span };
      }
      const operatorSpan = N.tokenSpan(this.source, operator);
      const comparison = this.comparison(operator);
      if (comparison === null) return { kind: 'broken', span };
      return { kind: 'expectation', span, metric, operator: comparison, operatorSpan, value };
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
            this.colonMissing(name);
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

  private readonly words: ParserMethod<[], Words> = this.RULE('words', () => {
    const names: A.Reference[] = [];
    let quoted = false;
    this.MANY(() =>
      this.OR([
        { ALT: () => names.push(this.SUBRULE(this.reference)) },
        {
          ALT: () => {
            const string = this.CONSUME(T.StringToken);
            this.ACTION(() => this.quotedName(string));
            quoted = true;
          },
        },
      ]),
    );
    return this.ACTION((): Words => ({ names, quoted }));
  });

  private keywordAhead(keyword: string): boolean {
    return this.LA(1).image === keyword && this.at(T.Name) && !NO_STATEMENT_AFTER.some((type) => this.at(type, 2));
  }

  /** Whether words follow that lead to `{` (a block), or to `:` (a name of two words), or the word begins blocks only. */
  private headerAhead(name: A.Reference): boolean {
    if (!this.at(T.Name) && !this.at(T.StringToken)) return false;
    let end = 1;
    while (HEADER_WORDS.some((type) => this.at(type, end))) end++;
    return isKeyword(name.text) || HEADER_ENDS.some((type) => this.at(type, end));
  }

  private block(name: A.Reference, { label, variant, on }: Header, body: readonly A.Member[] | null): A.Block {
    const keyword: A.Name = { ...name, kind: 'name' };
    if (name.text.includes('.')) this.notAName(name.span, name.text);
    return { kind: 'block', span: this.spanFromOffset(name.span.start), keyword, label, variant, on, body };
  }

  /** `swin-organ`, `organ bids`, and after `extends` or `on` another; two words before it only where `on` may follow. */
  private splitWords(
    keyword: IToken | A.Reference,
    { names, quoted }: Words,
    connective: 'on' | 'extends' | null,
  ): Record<'before' | 'second' | 'after', A.Reference | null> {
    const at = connective === null ? -1 : names.findIndex((name) => name.text === connective);
    const [before = null, ...more] = at === -1 ? names : names.slice(0, at);
    const [after = null, ...moreAfter] = at === -1 ? [] : names.slice(at + 1);
    const second = connective === 'on' && at === -1 ? (more.shift() ?? null) : null;
    const [word, end] = 'image' in keyword ? [keyword.image, T.endOf(keyword)] : [keyword.text, keyword.span.end];
    const connection = names[at];
    if (before === null && !quoted) this.expectedName({ file: this.source, start: end, end }, word);
    if (connection !== undefined && after === null && !quoted) {
      this.expectedName({ ...connection.span, start: connection.span.end }, connection.text);
    }
    this.surplus(more[0], [word, before, second]);
    this.surplus(moreAfter[0], [connection, after]);
    return { before, second, after };
  }

  private surplus(extra: A.Reference | undefined, before: readonly (string | A.Reference | null | undefined)[]): void {
    if (extra === undefined) return;
    const words = before.flatMap((word) => (typeof word === 'string' ? word : (word?.text ?? [])));
    const parameters = { found: extra.text, where: `after \`${words.join(' ')}\`` };
    this.diagnostics.push(reportSyntax('EXP1105', extra.span, parameters));
  }

  private expectedName(span: Span, before: string): void {
    if (this.alreadyReported()) return;
    this.diagnostics.push(reportSyntax('EXP1112', span, { before }, { label: 'a name belongs here' }));
  }

  /** The name of an experiment has no dots: they are for what is looked up. */
  private plainName(keyword: IToken, reference: A.Reference | null): A.Name {
    if (reference === null) return { kind: 'name', span: this.after(keyword), text: '' };
    if (reference.text.includes('.')) this.notAName(reference.span, reference.text);
    return { ...reference, kind: 'name' };
  }

  private notAName(span: Span, name: string): void {
    const fixed = name.replaceAll('.', '-');
    this.diagnostics.push(
      reportSyntax(
        'EXP1008',
        span,
        { name },
        {
          label: 'dots are for what is looked up in something else',
          fix: { title: `write \`${fixed}\``, span, replacement: fixed },
        },
      ),
    );
  }

  private quotedName(token: IToken): void {
    const span = N.tokenSpan(this.source, token);
    const words = N.stringNode(this.source, token).value.match(/[A-Za-z0-9_]+/g) ?? [];
    const slug = words.join('-');
    const plain = /^[A-Za-z_]/.test(slug);
    this.diagnostics.push(
      reportSyntax(
        'EXP1008',
        span,
        { name: shortened(token.image) },
        {
          label: 'names stand without quotes',
          ...(plain ? { fix: { title: `write \`${slug}\``, span, replacement: slug } } : {}),
        },
      ),
    );
  }

  private colonMissing(name: A.Reference): void {
    const span = { ...name.span, start: name.span.end };
    this.diagnostics.push(
      reportSyntax('EXP1102', span, { name: name.text }, { fix: { title: 'insert `:`', span, replacement: ':' } }),
    );
  }

  private nameAlone(name: A.Reference): A.Broken {
    if (this.alreadyReported()) return { kind: 'broken', span: name.span };
    this.diagnostics.push(
      isKeyword(name.text)
        ? reportSyntax('EXP1307', { ...name.span, start: name.span.end }, { header: name.text })
        : reportSyntax('EXP1104', name.span, { name: name.text }, { label: 'a name without a value or a block' }),
    );
    return { kind: 'broken', span: name.span };
  }

  private bodyMissing(keyword: IToken, { names }: Words): void {
    if (this.alreadyReported()) return;
    const header = [keyword.image, ...names.map((name) => name.text)].join(' ');
    const span = this.after(this.LA(0));
    this.diagnostics.push(reportSyntax('EXP1307', span, { header }, { label: '`{` belongs here' }));
  }

  /** `learning rate: 1e-4`, and `schedule epochs: 2` where braces were meant. */
  private twoWords(first: A.Reference, rest: readonly A.Reference[], setting: A.Setting): A.Setting | A.Broken {
    if (isKeyword(first.text)) {
      const span = { ...first.span, start: first.span.end };
      this.diagnostics.push(reportSyntax('EXP1307', span, { header: first.text }, { label: '`{` belongs here' }));
      return { kind: 'broken', span: setting.span };
    }
    const words = [first, ...rest];
    const text = words.map((word) => word.text).join('_');
    const span = { ...first.span, end: words.at(-1)?.span.end ?? first.span.end };
    this.diagnostics.push(
      reportSyntax(
        'EXP1107',
        span,
        { name: words.map((word) => word.text).join(' ') },
        {
          fix: { title: `write \`${text}\``, span, replacement: text },
        },
      ),
    );
    return { ...setting, name: { kind: 'reference', span, text } };
  }

  private importPathMissing(keyword: IToken): void {
    const start = T.endOf(keyword);
    const [, gap = '', path = ''] = /^([ \t]*)([^\s"';{}]*)/.exec(this.source.text.slice(start)) ?? [];
    const span = { file: this.source, start: start + gap.length, end: start + gap.length + path.length };
    const fix = { title: 'put it in quotes', span, replacement: `"${path}"` };
    this.diagnostics.push(
      reportSyntax('EXP1303', path === '' ? this.after(keyword) : span, {}, path === '' ? {} : { fix }),
    );
  }

  private comparison(operator: IToken): A.ComparisonOperator | null {
    const known = COMPARISONS[operator.image];
    if (known === operator.image) return known;
    const span = N.tokenSpan(this.source, operator);
    const fix = known === undefined ? {} : { fix: { title: `write \`${known}\``, span, replacement: known } };
    this.diagnostics.push(
      reportSyntax('EXP1306', span, { operator: operator.image }, { label: 'one of `>=`, `<=`, `>` and `<`', ...fix }),
    );
    return known ?? null;
  }

  private topLevel(statement: Statement): A.TopLevel {
    switch (statement.kind) {
      case 'setting':
      case 'callStatement':
      case 'expectation':
        return this.misplacedSetting(statement);
      case 'import':
      case 'parameter':
      case 'experiment':
      case 'environment':
      case 'block':
        this.settingsMisplaced = false;
        return statement;
      case 'broken':
        return statement;
      default:
        return assertNever(statement);
    }
  }

  /** Of several in a row the first is reported: they are one mistake. */
  private misplacedSetting(statement: A.Setting | A.CallStatement | A.Expectation): A.Broken {
    const { span } = statement;
    if (!this.settingsMisplaced) {
      const name = shortened(this.source.text.slice(span.start, span.end)).split(/[:(]/, 1)[0] ?? '';
      const help = 'settings stand in `experiment NAME { … }` or in a block';
      this.diagnostics.push(reportSyntax('EXP1301', span, { name: name.trim() }, { help }));
    }
    this.settingsMisplaced = true;
    return { kind: 'broken', span };
  }

  private member(statement: Statement): A.Member {
    switch (statement.kind) {
      case 'import':
      case 'experiment':
      case 'environment': {
        const span = { ...statement.span, end: statement.span.start + statement.kind.length };
        this.diagnostics.push(reportSyntax('EXP1302', span, { keyword: statement.kind }));
        return { kind: 'broken', span: statement.span };
      }
      case 'setting':
      case 'block':
      case 'callStatement':
      case 'expectation':
      case 'parameter':
      case 'broken':
        return statement;
      default:
        return assertNever(statement);
    }
  }

  /** What stood before the junk, for its message. */
  private ending(first: IToken, junk: Junk): string {
    const lines = this.source.text
      .slice(first.startOffset, junk.span.start)
      .trim()
      .split(/[\r\n]+/);
    return shortened(lines.at(-1)?.trim() ?? '');
  }

  private settingsMisplaced = false;
}

/** `model: …`, `experiment(…)`: the word is a name like any other. */
const NO_STATEMENT_AFTER: readonly TokenType[] = [T.Colon, T.Equals, T.Dot, T.OpenParenthesis];
const HEADER_WORDS: readonly TokenType[] = [T.Name, T.Dot, T.StringToken];
const HEADER_ENDS: readonly TokenType[] = [T.OpenBrace, T.Colon, T.Equals];

const COMPARISONS: Readonly<Record<string, A.ComparisonOperator>> = {
  '>=': '>=',
  '<=': '<=',
  '>': '>',
  '<': '<',
  '=>': '>=',
  '=<': '<=',
  '≥': '>=',
  '≤': '<=',
};

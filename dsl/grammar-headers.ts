import type { IToken, ParserMethod } from 'chevrotain';
import type * as A from './ast.ts';
import { tokenTypes } from './grammar-base.ts';
import { ValueParser } from './grammar-values.ts';
import { isKeyword } from './keywords.ts';
import type { Span } from './source.ts';
import * as M from './syntax-mistakes.ts';
import * as N from './syntax-nodes.ts';
import * as T from './tokens.ts';

/** `cloud-gpu on aws.g4dn.xlarge`: the words after a keyword. */
export interface Words {
  readonly names: readonly A.Reference[];
  /** Something in quotes was among them, which has been reported. */
  readonly quoted: boolean;
}

/** The grammar of what stands between a keyword and its `{`. */
export class HeaderParser extends ValueParser {
  protected readonly words: ParserMethod<[], Words> = this.RULE('words', () => {
    const names: A.Reference[] = [];
    let quoted = false;
    this.MANY(() =>
      this.OR([
        { ALT: () => names.push(this.SUBRULE(this.reference)) },
        {
          ALT: () => {
            const string = this.CONSUME(T.StringToken);
            this.ACTION(() => this.diagnostics.push(M.quotedName(N.stringNode(this.source, string))));
            quoted = true;
          },
        },
      ]),
    );
    return this.ACTION((): Words => ({ names, quoted }));
  });

  /** Whether words follow that lead to `{` (a block), or to `:` (a name of two words), or the word begins blocks only. */
  protected headerAhead(name: A.Reference): boolean {
    if (!this.at(T.Name) && !this.at(T.StringToken)) return false;
    let end = 1;
    while (this.atAny(HEADER_WORDS, end)) end++;
    return isKeyword(name.text) || this.atAny(HEADER_ENDS, end);
  }

  /** `swin-organ`, `organ bids`, and after `extends` or `on` another; two words before it only where `on` may follow. */
  protected splitWords(
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
    this.diagnostics.push(M.unexpectedWord(extra, words.join(' ')));
  }

  private expectedName(span: Span, before: string): void {
    if (this.alreadyReported()) return;
    this.diagnostics.push(M.nameMissing(span, before));
  }

  /** The name of an experiment has no dots: they are for what is looked up. */
  protected plainName(keyword: IToken, reference: A.Reference | null): A.Name {
    if (reference === null) return { kind: 'name', span: this.after(keyword), text: '' };
    if (reference.text.includes('.')) this.diagnostics.push(M.dottedName(reference));
    return { ...reference, kind: 'name' };
  }
}

const HEADER_WORDS = tokenTypes(T.Name, T.Dot, T.StringToken);
const HEADER_ENDS = tokenTypes(T.OpenBrace, T.Colon, T.Equals);

import type { IToken, ParserMethod } from 'chevrotain';
import type * as A from './ast.ts';
import { HeaderParser } from './grammar-headers.ts';
import * as M from './syntax-mistakes.ts';
import * as N from './syntax-nodes.ts';
import * as T from './tokens.ts';

/** The grammar of statements that have no braces: `import`, `param`, `expect`. */
export class LineParser extends HeaderParser {
  /** `import "shared/data.exp"` */
  protected readonly importStatement: ParserMethod<[], A.Import | A.Broken> = this.RULE('importStatement', () => {
    const keyword = this.CONSUME(T.Name);
    const path = this.OPTION(() => this.CONSUME(T.StringToken));
    return this.ACTION((): A.Import | A.Broken => {
      if (path !== undefined) {
        return { kind: 'import', span: this.spanFrom(keyword), path: N.stringNode(this.source, path) };
      }
      if (!this.alreadyReported()) this.diagnostics.push(M.importPathMissing(this.after(keyword)));
      return { kind: 'broken', span: this.spanFrom(keyword) };
    });
  });

  /** `param lr: number = 1e-4` */
  protected readonly parameter: ParserMethod<[], A.Parameter | A.Broken> = this.RULE('parameter', () => {
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
        this.diagnostics.push(M.parameterIncomplete(span, missing));
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

  /** `expect val.dice >= 0.80` */
  protected readonly expectation: ParserMethod<[], A.Expectation | A.Broken> = this.RULE('expectation', () => {
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
        if (!this.alreadyReported()) this.diagnostics.push(M.expectationIncomplete(span, missing));
        return { kind: 'broken', span };
      }
      const operatorSpan = N.tokenSpan(this.source, operator);
      const comparison = this.comparison(operator);
      if (comparison === null) return { kind: 'broken', span };
      return { kind: 'expectation', span, metric, operator: comparison, operatorSpan, value };
    });
  });

  private comparison(operator: IToken): A.ComparisonOperator | null {
    const known = COMPARISONS[operator.image] ?? null;
    if (known !== operator.image) {
      this.diagnostics.push(M.unknownComparison(N.tokenSpan(this.source, operator), operator.image, known));
    }
    return known;
  }
}

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

import type { IToken } from 'chevrotain';
import { assertNever } from './assert-never.ts';
import type * as A from './ast.ts';
import { type Diagnostic, hasErrors } from './diagnostic.ts';
import { parseSyntax, type Syntax } from './parser.ts';
import { type CommentQueue, commentQueue, commentText, NO_COMMENTS } from './print-comments.ts';
import { callDoc, callText, docLines, expressionDoc, expressionText, INDENT, PRINT_WIDTH } from './print-expression.ts';
import { BLANK, joinLines, type Line, line } from './print-lines.ts';
import type { SourceFile } from './source.ts';
import { textWidth } from './text-width.ts';
import { endOf, OpenBrace } from './tokens.ts';

/**
 * Syntax tree → text in the one canonical layout: two blanks of indentation, one statement a line, one blank line where the
 * author left any, blocks on one line only where the author wrote them so, trailing comments aligned.
 */

/** The canonical text of a file with all its comments; null where the file has errors, which are returned. */
export function format(source: SourceFile): [string | null, Diagnostic[]] {
  const [syntax, diagnostics] = parseSyntax(source);
  if (hasErrors(diagnostics)) return [null, diagnostics];
  return [joinLines(new Printer(authorsLayout(source, syntax)).file(syntax.file)), diagnostics];
}

/** The text of a tree alone, without comments or the author's layout; parsing it gives the same tree. */
export function print(file: A.File): string {
  return joinLines(new Printer(PLAIN_LAYOUT).file(file));
}

/** What of the author's layout is kept. */
interface Layout {
  readonly comments: CommentQueue;
  /** Whether a blank line stands between two offsets. */
  readonly blankBetween: (from: number, to: number) => boolean;
  /** Whether `{` and `}` of a block stand on one line. */
  readonly onOneLine: (open: number, block: { readonly span: { readonly end: number } }) => boolean;
  /** The offset after the `{` that follows an offset. */
  readonly afterBrace: (offset: number) => number;
  /** Blank lines around blocks of several lines, where the author has no say. */
  readonly spaced: boolean;
}

const PLAIN_LAYOUT: Layout = {
  comments: NO_COMMENTS,
  blankBetween: () => false,
  onOneLine: () => false,
  afterBrace: (offset) => offset,
  spaced: true,
};

function authorsLayout(source: SourceFile, { tokens, comments }: Syntax): Layout {
  const braces = tokens.filter((token) => token.tokenType === OpenBrace).map((token) => token.startOffset);
  let next = 0;
  const queue = commentQueue(source, comments);
  return {
    comments: queue,
    blankBetween: (from, to) => /\n[^\S\n]*\n/.test(source.text.slice(from, to)),
    onOneLine: (open, block) => !/[\n\r]|\/[/*]/.test(withoutStrings(source.text.slice(open, block.span.end))),
    // Blocks are asked for in the order in which they stand.
    afterBrace: (offset) => {
      while ((braces[next] ?? Number.POSITIVE_INFINITY) < offset) next++;
      return (braces[next++] ?? offset) + 1;
    },
    spaced: false,
  };
}

function withoutStrings(text: string): string {
  return text.replace(/"(?:[^"\\\n\r]|\\[^\n\r])*"/g, '""');
}

type Statement = A.TopLevel | A.Member;

/** One walk over a tree in the order of the text; it lives only within `format` and `print`. */
class Printer {
  constructor(private readonly layout: Layout) {}

  file(file: A.File): Line[] {
    const lines = this.statements(0, file.items, 0, true);
    const dangling = this.layout.comments.takeBefore(Number.POSITIVE_INFINITY);
    this.ownLines(lines, 0, dangling, file.items.at(-1)?.span.end ?? 0);
    return lines;
  }

  /** @param start where the first of them may stand, to see blank lines */
  private statements(indent: number, statements: readonly Statement[], start: number, top: boolean): Line[] {
    const lines: Line[] = [];
    let end = start;
    let previousSpreads = false;
    for (const statement of statements) {
      const leading = this.layout.comments.takeBefore(statement.span.start);
      const hoisted: IToken[] = [];
      const own = this.statement(indent, statement, hoisted);
      const spreads = own.lines.length > 1 && 'body' in statement;
      const first = leading[0]?.startOffset ?? statement.span.start;
      const spaced = (top || this.layout.spaced) && (spreads || previousSpreads);
      if (lines.length > 0 && spaced && !this.layout.blankBetween(end, first)) lines.push(BLANK);
      end = this.ownLines(lines, indent, leading, end);
      if (lines.length > 0 && this.layout.blankBetween(end, statement.span.start)) lines.push(BLANK);
      lines.push(...hoisted.map((comment) => line(indent, commentText(comment))), ...own.lines);
      end = own.end;
      previousSpreads = spreads;
    }
    return lines;
  }

  /** Comments on lines of their own. @returns where the last of them ends */
  private ownLines(lines: Line[], indent: number, comments: readonly IToken[], start: number): number {
    let end = start;
    for (const comment of comments) {
      if (lines.length > 0 && this.layout.blankBetween(end, comment.startOffset)) lines.push(BLANK);
      lines.push(line(indent, commentText(comment)));
      end = endOf(comment);
    }
    return end;
  }

  /** @returns the lines of a statement, and where it ends with its trailing comments */
  private statement(indent: number, statement: Statement, hoisted: IToken[]): { lines: Line[]; end: number } {
    const { comments } = this.layout;
    const build = this.builder(indent, statement, hoisted);
    const trailing = comments.takeTrailing(statement.span.end);
    const last = trailing.at(-1);
    const text = trailing.length === 0 ? null : trailing.map(commentText).join(' ');
    return { lines: build(text), end: last === undefined ? statement.span.end : endOf(last) };
  }

  /** Takes the comments within the statement now; the function returned makes its lines with those after it. */
  private builder(indent: number, statement: Statement, hoisted: IToken[]): (trailing: string | null) => Line[] {
    const { comments } = this.layout;
    switch (statement.kind) {
      case 'setting': {
        hoisted.push(...comments.takeBefore(statement.value.span.start));
        const doc = expressionDoc(statement.value, comments, hoisted);
        return (trailing) => docLines(indent, `${statement.name.text}: `, doc, '', trailing);
      }
      case 'callStatement': {
        const doc = callDoc(statement.call, comments, hoisted);
        return (trailing) => docLines(indent, '', doc, '', trailing);
      }
      case 'experiment':
      case 'environment':
      case 'block':
        return this.blockBuilder(indent, statement, hoisted);
      case 'import':
      case 'parameter':
      case 'expectation':
      case 'broken':
        hoisted.push(...comments.takeBefore(statement.span.end));
        return (trailing) => [line(indent, simpleText(statement), trailing)];
      default:
        return assertNever(statement);
    }
  }

  private blockBuilder(
    indent: number,
    block: A.Block | A.Experiment | A.Environment,
    hoisted: IToken[],
  ): (trailing: string | null) => Line[] {
    const { comments } = this.layout;
    const { body } = block;
    const { before, call, after } = headerParts(block);
    hoisted.push(...comments.takeBefore(call?.span.start ?? headerEnd(block)));
    const header = call === null ? null : callDoc(call, comments, hoisted);
    const headerLines = (end: string, trailing: string | null) =>
      header === null
        ? [line(indent, before + after + end, trailing)]
        : docLines(indent, before, header, after + end, trailing);
    if (body === null) return (trailing) => headerLines('', trailing);

    const open = this.layout.afterBrace(headerEnd(block));
    hoisted.push(...comments.takeBefore(open - 1));
    if (body.length > 0 && this.layout.onOneLine(open, block) && body.every(isInline)) {
      const text = `{ ${body.map(inlineText).join('  ')} }`;
      const whole = `${before}${call === null ? '' : callText(call)}${after} ${text}`;
      if (indent + textWidth(whole) <= PRINT_WIDTH) return (trailing) => headerLines(` ${text}`, trailing);
    }
    const opening = comments.takeTrailing(open);
    const lastOpening = opening.at(-1);
    const start = lastOpening === undefined ? open : endOf(lastOpening);
    const inner = this.statements(indent + INDENT, body, start, false);
    const dangling = comments.takeBefore(block.span.end);
    this.ownLines(inner, indent + INDENT, dangling, body.at(-1)?.span.end ?? start);
    const openingText = opening.length === 0 ? null : opening.map(commentText).join(' ');
    if (inner.length === 0 && openingText === null) return (trailing) => headerLines(' {}', trailing);
    return (trailing) => [...headerLines(' {', openingText), ...inner, line(indent, '}', trailing)];
  }
}

interface HeaderParts {
  readonly before: string;
  /** The variant where it has arguments, which may take several lines. */
  readonly call: A.Call | null;
  readonly after: string;
}

function headerParts(block: A.Block | A.Experiment | A.Environment): HeaderParts {
  switch (block.kind) {
    case 'experiment': {
      const base = block.base === null ? '' : ` extends ${block.base.text}`;
      return { before: `experiment ${block.name.text}${base}`, call: null, after: '' };
    }
    case 'environment':
      return { before: `environment ${block.name.text}`, call: null, after: '' };
    case 'block': {
      const words = [block.keyword.text, ...(block.label === null ? [] : [block.label.text])].join(' ');
      const after = block.on === null ? '' : ` on ${block.on.text}`;
      if (block.variant?.kind === 'call') return { before: `${words} `, call: block.variant, after };
      return { before: block.variant === null ? words : `${words} ${block.variant.text}`, call: null, after };
    }
    default:
      return assertNever(block);
  }
}

/** Where the last word before `{` ends. */
function headerEnd(block: A.Block | A.Experiment | A.Environment): number {
  switch (block.kind) {
    case 'experiment':
      return (block.base ?? block.name).span.end;
    case 'environment':
      return block.name.span.end;
    case 'block':
      return (block.on ?? block.variant ?? block.label ?? block.keyword).span.end;
    default:
      return assertNever(block);
  }
}

/** Statements that take one line without braces of their own. */
function simpleText(statement: A.Import | A.Parameter | A.Expectation | A.Broken): string {
  switch (statement.kind) {
    case 'import':
      return `import ${statement.path.text}`;
    case 'parameter': {
      const value = statement.defaultValue === null ? '' : ` = ${expressionText(statement.defaultValue)}`;
      return `param ${statement.name.text}: ${statement.type.text}${value}`;
    }
    case 'expectation':
      return `expect ${statement.metric.text} ${statement.operator} ${expressionText(statement.value)}`;
    case 'broken':
      return '';
    default:
      return assertNever(statement);
  }
}

function isInline(member: A.Member): boolean {
  return member.kind !== 'broken' && (member.kind !== 'block' || (member.body?.every(isInline) ?? true));
}

function inlineText(member: A.Member): string {
  switch (member.kind) {
    case 'setting':
      return `${member.name.text}: ${expressionText(member.value)}`;
    case 'callStatement':
      return callText(member.call);
    case 'block': {
      const { before, call, after } = headerParts(member);
      const header = `${before}${call === null ? '' : callText(call)}${after}`;
      if (member.body === null) return header;
      return member.body.length === 0 ? `${header} {}` : `${header} { ${member.body.map(inlineText).join('  ')} }`;
    }
    case 'parameter':
    case 'expectation':
    case 'broken':
      return simpleText(member);
    default:
      return assertNever(member);
  }
}

import type { IToken } from 'chevrotain';
import { assertNever } from './assert-never.ts';
import type * as A from './ast.ts';
import { type CommentQueue, commentText } from './print-comments.ts';
import { type Line, line } from './print-lines.ts';
import { textWidth } from './text-width.ts';

/** Values as text: on one line where they fit and hold no comments, else one item a line. */

export const INDENT = 2;
export const PRINT_WIDTH = 100;

/** Text with at most one bracketed group, which may be broken over lines. */
export interface Doc {
  readonly head: string;
  readonly items: readonly Item[];
  readonly dangling: readonly string[];
  readonly tail: string;
}

interface Item {
  readonly leading: readonly string[];
  readonly doc: Doc;
  readonly trailing: readonly string[];
}

const text = (head: string): Doc => ({ head, items: [], dangling: [], tail: '' });

/**
 * @param comments those within the expression go to the item of the list or call beside which they stand
 * @param hoisted takes those that stand where no line can end, to be printed above
 */
export function expressionDoc(expression: A.Expression, comments: CommentQueue, hoisted: IToken[]): Doc {
  switch (expression.kind) {
    case 'list':
      return bracketed('[', expression.items, ']', expression.span.end - 1, comments, hoisted);
    case 'call':
      return callDoc(expression, comments, hoisted);
    case 'slashed':
    case 'sequence':
    case 'phrase':
    case 'number':
    case 'string':
    case 'boolean':
    case 'money':
    case 'triple':
    case 'range':
    case 'reference':
    case 'missing':
      hoisted.push(...comments.takeBefore(expression.span.end));
      return text(expressionText(expression));
    default:
      return assertNever(expression);
  }
}

export function callDoc(call: A.Call, comments: CommentQueue, hoisted: IToken[]): Doc {
  hoisted.push(...comments.takeBefore(call.callee.span.end));
  return bracketed(`${call.callee.text}(`, call.arguments, ')', call.span.end - 1, comments, hoisted);
}

function bracketed(
  head: string,
  nodes: readonly (A.Expression | A.Argument)[],
  tail: string,
  close: number,
  comments: CommentQueue,
  hoisted: IToken[],
): Doc {
  const items = nodes.map((node): Item => {
    const leading = comments.takeBefore(node.span.start);
    const doc =
      node.kind === 'argument' ? argumentDoc(node, comments, leading) : expressionDoc(node, comments, leading);
    const trailing = comments.takeTrailing(node.span.end);
    return { leading: leading.map(commentText), doc, trailing: trailing.map(commentText) };
  });
  const dangling = comments.takeBefore(close);
  if (items.length > 0) return { head, items, dangling: dangling.map(commentText), tail };
  hoisted.push(...dangling);
  return text(head + tail);
}

function argumentDoc(argument: A.Argument, comments: CommentQueue, hoisted: IToken[]): Doc {
  if (argument.name === null) return expressionDoc(argument.value, comments, hoisted);
  hoisted.push(...comments.takeBefore(argument.value.span.start));
  const doc = expressionDoc(argument.value, comments, hoisted);
  return { ...doc, head: `${argument.name.text}: ${doc.head}` };
}

/** The lines of `before` + doc + `after`. */
export function docLines(indent: number, before: string, doc: Doc, after: string, trailing: string | null): Line[] {
  const oneLine = before + flat(doc) + after;
  const fits = indent + textWidth(oneLine) <= PRINT_WIDTH;
  if (doc.items.length === 0 || (fits && !holdsComments(doc))) return [line(indent, oneLine, trailing)];
  const inner = indent + INDENT;
  return [
    line(indent, before + doc.head),
    ...doc.items.flatMap((item) => [
      ...item.leading.map((comment) => line(inner, comment)),
      ...docLines(inner, '', item.doc, ',', item.trailing.length === 0 ? null : item.trailing.join(' ')),
    ]),
    ...doc.dangling.map((comment) => line(inner, comment)),
    line(indent, doc.tail + after, trailing),
  ];
}

function flat(doc: Doc): string {
  return doc.head + doc.items.map((item) => flat(item.doc)).join(', ') + doc.tail;
}

function holdsComments(doc: Doc): boolean {
  return (
    doc.dangling.length > 0 ||
    doc.items.some((item) => item.leading.length > 0 || item.trailing.length > 0 || holdsComments(item.doc))
  );
}

/** Symbols stand directly after the number (`8GB`), words after a blank (`5 epochs`). */
const SYMBOLS: ReadonlySet<string> = new Set(
  '% B kB KB MB GB TB KiB MiB GiB TiB um mm cm m ms s min h d deg rad Hz MHz GHz'.split(' '),
);

export function expressionText(expression: A.Expression): string {
  switch (expression.kind) {
    case 'number':
      return numberText(expression);
    case 'string':
    case 'reference':
      return expression.text;
    case 'boolean':
      return String(expression.value);
    case 'money':
      return `$${expression.text}${expression.per === null ? '' : `/${expression.per}`}`;
    case 'triple':
      return `${expression.parts.map((part) => part.text).join('x')}${expression.unit === null ? '' : ` ${expression.unit}`}`;
    case 'range':
      return `${numberText(expression.from)}..${numberText(expression.to)}`;
    case 'list':
      return `[${expression.items.map(expressionText).join(', ')}]`;
    case 'slashed':
      return expression.parts.map(expressionText).join(' / ');
    case 'sequence':
      return expression.items.map(expressionText).join(', ');
    case 'phrase':
      return expression.parts.map((part) => (part.kind === 'number' ? numberText(part) : part.text)).join(' ');
    case 'call':
      return callText(expression);
    case 'missing':
      return '';
    default:
      return assertNever(expression);
  }
}

export function callText(call: A.Call): string {
  const given = call.arguments.map(
    ({ name, value }) => `${name === null ? '' : `${name.text}: `}${expressionText(value)}`,
  );
  return `${call.callee.text}(${given.join(', ')})`;
}

function numberText(number: A.NumberLiteral): string {
  if (number.unit === null) return number.text;
  return SYMBOLS.has(number.unit) ? number.text + number.unit : `${number.text} ${number.unit}`;
}

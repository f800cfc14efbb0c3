import type { IToken } from 'chevrotain';
import type * as A from './ast.ts';
import type { SourceFile, Span } from './source.ts';
import { unescapeString } from './strings.ts';
import { endOf } from './tokens.ts';

/** Tokens → the leaves of the syntax tree. */

export function tokenSpan(file: SourceFile, first: IToken, last: IToken = first): Span {
  return { file, start: first.startOffset, end: endOf(last) };
}

export function nameNode(file: SourceFile, token: IToken): A.Name {
  return { kind: 'name', span: tokenSpan(file, token), text: token.image };
}

export function stringNode(file: SourceFile, token: IToken): A.StringLiteral {
  const body = token.image.replace(/^./, '').replace(/(?<!\\)["'“”«»‘’]$/, '');
  const { value } = unescapeString(body);
  return { kind: 'string', span: tokenSpan(file, token), value, text: token.image };
}

/** @param unit the token of the unit, `%` or a word, where one follows */
export function numberNode(file: SourceFile, token: IToken, unit: IToken | null): A.NumberLiteral {
  return {
    kind: 'number',
    span: tokenSpan(file, token, unit ?? token),
    value: Number(token.image),
    unit: unit?.image ?? null,
    text: token.image,
  };
}

const MONEY = /^\$[ \t]*(-?[\d.eE+-]+)[ \t]*(?:\/[ \t]*([A-Za-z]+))?$/;

/** `$30`, `$0.526/h` */
export function moneyNode(file: SourceFile, token: IToken): A.Money {
  const [, text = '', per = null] = MONEY.exec(token.image) ?? [];
  return { kind: 'money', span: tokenSpan(file, token), amount: Number(text), text, per };
}

/** A size of other than three parts has been reported by the lexer and is missing. */
export function tripleNode(file: SourceFile, token: IToken, unit: IToken | null): A.Triple | A.Missing {
  const parts = [...token.image.matchAll(/[^ \txX×*]+/g)].map(({ 0: text, index }): A.NumberLiteral => {
    const start = token.startOffset + index;
    return { kind: 'number', span: { file, start, end: start + text.length }, value: Number(text), unit: null, text };
  });
  const [x, y, z, more] = parts;
  const span = tokenSpan(file, token, unit ?? token);
  if (x === undefined || y === undefined || z === undefined || more !== undefined) return { kind: 'missing', span };
  return { kind: 'triple', span, parts: [x, y, z], unit: unit?.image ?? null };
}

/** One operand stands for itself; several are a phrase, in which single words are names. */
export function phraseNode(parts: readonly A.Expression[]): A.Expression {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('a phrase has at least one part');
  if (first === last) return booleanOr(first);
  const span = { ...first.span, end: last.span.end };
  return { kind: 'phrase', span, parts: parts.filter(isPhrasePart).map(wordAsName) };
}

export function isPhrasePart(part: A.Expression): part is A.NumberLiteral | A.Reference {
  return part.kind === 'number' || part.kind === 'reference';
}

function wordAsName(part: A.NumberLiteral | A.Reference): A.Phrase['parts'][number] {
  return part.kind === 'number' || part.text.includes('.') ? part : { ...part, kind: 'name' };
}

function booleanOr(expression: A.Expression): A.Expression {
  if (expression.kind !== 'reference' || !/^(?:true|false)$/.test(expression.text)) return expression;
  return { kind: 'boolean', span: expression.span, value: expression.text === 'true' };
}

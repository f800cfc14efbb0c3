import type { Expression, NumberLiteral } from '../../../dsl/ast.ts';
import { spanText } from '../../../dsl/source.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import type { Scalar } from '../field.ts';
import { type Read, type Reader, read } from '../reader.ts';
import { mismatch } from './describe.ts';
import { asPercent, type Bounds, checkBounds, constraintOf, fractionOf } from './numbers.ts';

/** Ranges: `0.7..1.5`, `85%..125%`, `2..4`. */

export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a range, or one number, which is both its ends.
 *
 * @param worthOf what a literal is worth; null where it is of the wrong form
 */
export function readRange(
  reader: Reader,
  value: Expression,
  worthOf: (literal: NumberLiteral) => number | null,
  bounds: Bounds,
  { describe, example }: { readonly describe: string; readonly example: string },
): Read<Range> {
  const literals = value.kind === 'range' ? [value.from, value.to] : value.kind === 'number' ? [value] : [];
  const numbers: number[] = [];
  for (const literal of literals) {
    const worth = worthOf(literal);
    if (worth === null || !Number.isFinite(worth)) break;
    const checked = checkBounds(reader, literal, worth, bounds);
    if (checked === null) return null;
    numbers.push(checked.value);
  }
  const [from, to = from] = numbers;
  if (numbers.length !== literals.length || from === undefined || to === undefined) {
    return mismatch(reader, value, describe, example);
  }
  if (from <= to) return read({ from, to });
  const [low, high] = literals.map((literal) => spanText(literal.span)).reverse();
  const turned = `${low}..${high}`;
  reader.report(
    reportName(
      'EXP2203',
      value.span,
      {
        field: reader.field,
        value: spanText(value.span),
        constraint: `from the smaller to the larger number: ${turned}`,
      },
      { fix: { title: `write \`${turned}\``, span: value.span, replacement: turned } },
    ),
  );
  return null;
}

export function writeRange({ from, to }: Range, write: (value: number) => string = String): string {
  return from === to ? write(from) : `${write(from)}..${write(to)}`;
}

/** `0.7..1.5`: drawn uniformly from the range; one number always is that number. */
export function numberRange(bounds: Bounds & { readonly example: string }): Scalar<Range> {
  const form = { describe: 'a number or a range', example: bounds.example };
  return {
    kind: 'scalar',
    ...form,
    words: [],
    textual: false,
    constraint: constraintOf(bounds),
    write: (range) => writeRange(range),
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      return readRange(reader, value, (literal) => (literal.unit === null ? literal.value : null), bounds, form);
    },
  };
}

/** `10%`, which is 0.9 to 1.1, or a range of factors: `0.85..1.25`, `85%..125%`. */
export function factorRange(bounds: Bounds & { readonly example: string }): Scalar<Range> {
  const form = { describe: 'a percentage or a range of factors', example: bounds.example };
  return {
    kind: 'scalar',
    ...form,
    words: [],
    textual: false,
    unit: '%',
    constraint: constraintOf(bounds, asPercent),
    write: (range) => writeRange(range, asPercent),
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind === 'number') {
        if (value.unit !== '%') return mismatch(reader, value, form.describe, form.example);
        const change = checkBounds(reader, value, fractionOf(value), { min: 0, below: 1 }, (x) => `${x * 100}%`);
        return change === null ? null : read({ from: 1 - change.value, to: 1 + change.value });
      }
      const worth = (literal: NumberLiteral) =>
        literal.unit === null || literal.unit === '%' ? fractionOf(literal) : null;
      return readRange(reader, value, worth, bounds, form);
    },
  };
}

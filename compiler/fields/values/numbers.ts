import type { Expression, NumberLiteral } from '../../../dsl/ast.ts';
import { spanText } from '../../../dsl/source.ts';
import { didYouMean } from '../../diagnostics/did-you-mean.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import type { Scalar } from '../field.ts';
import { type Read, type Reader, read } from '../reader.ts';
import { mismatch } from './describe.ts';
import { describeUnit, QUANTITIES, type Quantity } from './units.ts';

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** Strict lower bound. */
  readonly above?: number;
  /** Strict upper bound. */
  readonly below?: number;
}

/** @example describeBounds({ min: 0, below: 1 }) // 'at least 0 and below 1' */
export function describeBounds(bounds: Bounds, show: (value: number) => string = String): string {
  const parts: string[] = [];
  if (bounds.min !== undefined) parts.push(`at least ${show(bounds.min)}`);
  if (bounds.above !== undefined) parts.push(`above ${show(bounds.above)}`);
  if (bounds.max !== undefined) parts.push(`at most ${show(bounds.max)}`);
  if (bounds.below !== undefined) parts.push(`below ${show(bounds.below)}`);
  return parts.join(' and ');
}

/** Undefined where anything goes. */
export function constraintOf(bounds: Bounds, show?: (value: number) => string): string | undefined {
  return describeBounds(bounds, show) || undefined;
}

function within(value: number, bounds: Bounds): boolean {
  return (
    (bounds.min === undefined || value >= bounds.min) &&
    (bounds.max === undefined || value <= bounds.max) &&
    (bounds.above === undefined || value > bounds.above) &&
    (bounds.below === undefined || value < bounds.below)
  );
}

/** Reports a value outside of its bounds. */
export function checkBounds(
  reader: Reader,
  literal: NumberLiteral,
  value: number,
  bounds: Bounds,
  show?: (value: number) => string,
): Read<number> {
  if (within(value, bounds)) return read(value);
  const parameters = { field: reader.field, value: spanText(literal.span), constraint: describeBounds(bounds, show) };
  reader.report(reportName('EXP2203', literal.span, parameters));
  return null;
}

/** @param units those that fit, to see whether one of them was meant: `16gb` */
function wrongUnit(
  reader: Reader,
  literal: NumberLiteral,
  expected: string,
  example: string,
  units: readonly string[],
): null {
  const { unit, text, span } = literal;
  const parameters = { field: reader.field, expected, found: describeUnit(unit) };
  const meant = unit === null ? undefined : units.find((each) => each.toLowerCase() === unit.toLowerCase());
  const options = meant === undefined ? { help: `for example \`${example}\`` } : didYouMean(`${text}${meant}`, span);
  reader.report(reportName('EXP2202', span, parameters, options));
  return null;
}

/** Reads a literal that must not carry a unit. */
export function plainNumber(
  reader: Reader,
  expression: Expression,
  bounds: Bounds,
  expected: string,
  example: string,
): Read<number> {
  const value = reader.evaluate(expression);
  if (value === null) return null;
  if (value.kind !== 'number' || !Number.isFinite(value.value)) return mismatch(reader, value, expected, example);
  if (value.unit !== null) return mismatch(reader, value, `${expected} without a unit`, example);
  return checkBounds(reader, value, value.value, bounds);
}

/** A number without a unit. */
export function number(bounds: Bounds & { readonly example: string }): Scalar<number> {
  const describe = 'a number';
  return {
    kind: 'scalar',
    describe,
    example: bounds.example,
    words: [],
    textual: false,
    constraint: constraintOf(bounds),
    read: (expression, reader) => plainNumber(reader, expression, bounds, describe, bounds.example),
  };
}

/** A whole number without a unit. */
export function integer(bounds: Bounds & { readonly example: string }): Scalar<number> {
  const describe = 'a whole number';
  return {
    kind: 'scalar',
    describe,
    example: bounds.example,
    words: [],
    textual: false,
    constraint: constraintOf(bounds),
    read: (expression, reader) => {
      const result = plainNumber(reader, expression, bounds, describe, bounds.example);
      if (result === null || Number.isSafeInteger(result.value)) return result;
      return mismatch(reader, reader.evaluate(expression) ?? expression, describe, bounds.example);
    },
  };
}

/** `50%`, or the same as a number: `0.5`. Bounds are fractions. */
export function fraction(bounds: Bounds & { readonly example: string }): Scalar<number> {
  const describe = 'a percentage';
  return {
    kind: 'scalar',
    describe,
    example: bounds.example,
    words: [],
    textual: false,
    unit: '%',
    constraint: constraintOf(bounds, asPercent),
    write: asPercent,
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind !== 'number' || !Number.isFinite(value.value)) {
        return mismatch(reader, value, describe, bounds.example);
      }
      if (value.unit !== null && value.unit !== '%') return wrongUnit(reader, value, 'percent', bounds.example, ['%']);
      return checkBounds(reader, value, fractionOf(value), bounds, asPercent);
    },
  };
}

/** @example asPercent(0.07) // '7%', although 0.07 × 100 is 7.000000000000001 */
export function asPercent(value: number): string {
  return `${Number((value * 100).toPrecision(12))}%`;
}

/** 15% → 0.15, exactly as the decimal 0.15 would be read: 15 / 100, not 15 × 0.01. */
export function fractionOf(literal: NumberLiteral): number {
  return literal.unit === '%' ? literal.value / 100 : literal.value;
}

/** Reads a literal with a unit of the given quantity. @returns the value in the quantity's base unit */
export function readQuantity(
  reader: Reader,
  expression: Expression,
  quantity: Quantity,
  bounds: Bounds,
  example: string,
): Read<number> {
  const { units, describe, plural } = QUANTITIES[quantity];
  const value = reader.evaluate(expression);
  if (value === null) return null;
  if (value.kind !== 'number' || !Number.isFinite(value.value)) return mismatch(reader, value, describe, example);
  const factor = value.unit === null ? undefined : new Map(Object.entries(units)).get(value.unit);
  if (factor === undefined) return wrongUnit(reader, value, plural, example, Object.keys(units));
  return checkBounds(reader, value, value.value * factor, bounds);
}

/** A quantity with a unit: `16GB`, `8 cores`. */
export function quantity(kind: Quantity, bounds: Bounds & { readonly example: string }): Scalar<number> {
  return {
    kind: 'scalar',
    describe: QUANTITIES[kind].describe,
    example: bounds.example,
    words: [],
    textual: false,
    unit: QUANTITIES[kind].plural,
    constraint: constraintOf(bounds),
    write: (value) => writeQuantity(value, kind),
    read: (expression, reader) => readQuantity(reader, expression, kind, bounds, bounds.example),
  };
}

/** In the largest unit of which it is a whole number: 16e9 bytes are `16GB`. */
export function writeQuantity(value: number, kind: Quantity): string {
  const units = Object.entries(QUANTITIES[kind].units).sort(([, a], [, b]) => b - a);
  const [unit, worth] = units.find(([, size]) => value >= size && Number.isInteger(value / size)) ??
    units.at(-1) ?? ['', 1];
  return kind === 'cores' ? `${value} cores` : `${value / worth}${unit}`;
}

import type { Expression, NumberLiteral } from '../../../dsl/ast.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import type { Scalar } from '../field.ts';
import { type Read, type Reader, read } from '../reader.ts';
import { mismatch } from './describe.ts';
import { type Bounds, checkBounds } from './numbers.ts';
import { describeUnit } from './units.ts';

/** Phrases: words around a value, as a person says them. */

type Part = string | NumberLiteral;

function partsOf(expression: Expression): readonly Part[] | null {
  if (expression.kind === 'number') return [expression];
  if (expression.kind !== 'phrase') return null;
  return expression.parts.map((part) => (part.kind === 'number' ? part : part.text));
}

interface Count<U extends string> {
  readonly unit: U;
  readonly value: number;
}

/** Spellings of each unit of time; a run is counted in one of them. */
export const SPELLINGS = {
  epochs: ['epoch', 'epochs'],
  steps: ['step', 'steps'],
  minutes: ['min', 'minute', 'minutes'],
} as const;

/** `1 epoch`, `5 epochs` */
function writeCount<U extends CountUnit>({ unit, value }: Count<U>): string {
  const [one, ...others] = SPELLINGS[unit];
  return `${value} ${value === 1 && unit !== 'minutes' ? one : (others.at(-1) ?? one)}`;
}

export type CountUnit = keyof typeof SPELLINGS;

function isSpelling(unit: CountUnit, text: string): boolean {
  return SPELLINGS[unit].some((spelling) => spelling === text);
}

function readCount<const U extends CountUnit>(
  reader: Reader,
  literal: NumberLiteral,
  units: readonly U[],
  bounds: Bounds,
  example: string,
): Read<Count<U>> {
  const unit = units.find((candidate) => literal.unit !== null && isSpelling(candidate, literal.unit));
  if (unit === undefined) {
    const parameters = { field: reader.field, expected: units.join(' or '), found: describeUnit(literal.unit) };
    reader.report(reportName('EXP2202', literal.span, parameters, { help: `for example \`${example}\`` }));
    return null;
  }
  if (!Number.isSafeInteger(literal.value)) return mismatch(reader, literal, `a whole number of ${unit}`, example);
  const checked = checkBounds(reader, literal, literal.value, bounds);
  return checked === null ? null : read({ unit, value: checked.value });
}

/** `5 epochs`, `400 steps`: a stretch of the run. */
export function count<const U extends CountUnit>(units: readonly U[], example: string, min = 0): Scalar<Count<U>> {
  const describe = `a number of ${units.join(' or ')}`;
  return {
    kind: 'scalar',
    describe,
    example,
    words: [],
    textual: false,
    unit: units.join(' or '),
    constraint: `at least ${min}`,
    write: writeCount,
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind !== 'number') return mismatch(reader, value, describe, example);
      return readCount(reader, value, units, { min }, example);
    },
  };
}

/** `every 2 epochs` */
export function every<const U extends CountUnit>(units: readonly U[], example: string): Scalar<Count<U>> {
  const describe = 'an interval';
  return {
    kind: 'scalar',
    describe,
    example,
    words: ['every'],
    textual: false,
    unit: units.join(' or '),
    constraint: 'at least 1',
    write: (value) => `every ${writeCount(value)}`,
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      const parts = partsOf(value);
      if (parts === null || parts.length !== 2) return mismatch(reader, value, describe, example);
      const [word, literal] = parts;
      if (word !== 'every' || literal === undefined || typeof literal === 'string') {
        return mismatch(reader, value, describe, example);
      }
      return readCount(reader, literal, units, { min: 1 }, example);
    },
  };
}

/** `first 8`: so many of them, in sorted order. */
export const first: Scalar<number> = {
  kind: 'scalar',
  describe: 'how many of the first',
  example: 'first 8',
  words: ['first'],
  textual: false,
  constraint: 'at least 1',
  write: (value) => `first ${value}`,
  read: (expression, reader) => {
    const value = reader.evaluate(expression);
    if (value === null) return null;
    const [word, literal, ...rest] = partsOf(value) ?? [];
    if (word !== 'first' || literal === undefined || typeof literal === 'string' || rest.length > 0) {
      return mismatch(reader, value, first.describe, first.example);
    }
    if (literal.unit !== null && literal.unit !== 'subjects')
      return mismatch(reader, value, first.describe, first.example);
    if (!Number.isSafeInteger(literal.value))
      return mismatch(reader, value, 'a whole number of subjects', first.example);
    return checkBounds(reader, literal, literal.value, { min: 1 });
  },
};

export interface Patience {
  readonly epochs: number;
  readonly metric: string;
}

/** `patience 20 epochs on val.dice` */
export const patience: Scalar<Patience> = {
  kind: 'scalar',
  describe: 'a patience on a metric',
  example: 'patience 20 epochs on val.dice',
  words: ['patience'],
  textual: false,
  unit: 'epochs',
  constraint: 'at least 1',
  write: ({ epochs, metric }) => `patience ${writeCount({ unit: 'epochs', value: epochs })} on ${metric}`,
  read: (expression, reader) => {
    const value = reader.evaluate(expression);
    if (value === null) return null;
    const parts = partsOf(value) ?? [];
    const [word, literal, on, metric] = parts;
    if (
      parts.length !== 4 ||
      word !== 'patience' ||
      literal === undefined ||
      typeof literal === 'string' ||
      on !== 'on' ||
      typeof metric !== 'string'
    ) {
      return mismatch(reader, value, patience.describe, patience.example);
    }
    const epochs = readCount(reader, literal, ['epochs'], { min: 1 }, patience.example);
    return epochs === null ? null : read({ epochs: epochs.value.value, metric });
  },
};

/** A metric of the run by its name: `val.dice`. Whether the run measures it is a rule's business. */
export const metricName: Scalar<string> = {
  kind: 'scalar',
  describe: 'the name of a metric',
  example: 'val.dice',
  words: [],
  textual: false,
  read: (expression, reader) =>
    expression.kind === 'reference'
      ? read(expression.text)
      : mismatch(reader, expression, metricName.describe, metricName.example),
};

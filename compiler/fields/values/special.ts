import type { Expression, NumberLiteral } from '../../../dsl/ast.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import type { Scalar } from '../field.ts';
import { type Reader, read } from '../reader.ts';
import { mismatch } from './describe.ts';
import { asPercent, checkBounds, describeBounds, fractionOf, readQuantity } from './numbers.ts';
import { type Range, readRange, writeRange } from './ranges.ts';

export interface SplitShares {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** `70% / 15% / 15%`: train, validation, test. Two parts leave no test set. */
export const split: Scalar<SplitShares> = {
  kind: 'scalar',
  describe: 'two or three shares',
  example: '70% / 15% / 15%',
  words: [],
  textual: false,
  unit: '%',
  constraint: '100% together',
  write: ({ train, validation, test }) => [train, validation, ...(test > 0 ? [test] : [])].map(asPercent).join(' / '),
  read: (expression, reader) => {
    const value = reader.evaluate(expression);
    if (value === null) return null;
    if (value.kind !== 'slashed' || value.parts.length < 2 || value.parts.length > 3) {
      return mismatch(reader, value, split.describe, split.example, meantSplit(value));
    }
    const shares: number[] = [];
    for (const part of value.parts) {
      const literal = reader.evaluate(part);
      if (literal === null) return null;
      if (literal.kind !== 'number' || literal.unit !== '%' || !Number.isFinite(literal.value)) {
        return mismatch(reader, value, 'percentages', split.example, meantSplit(value));
      }
      const checked = checkBounds(reader, literal, fractionOf(literal), { min: 0, max: 1 }, (x) => `${x * 100}%`);
      if (checked === null) return null;
      shares.push(checked.value);
    }
    const [train = 0, validation = 0, test = 0] = shares;
    return read({ train, validation, test });
  },
};

/** Two or three shares without `%`, of 1 or of 100, however separated; null for everything else. */
function meantSplit(value: Expression): string | null {
  const parts =
    value.kind === 'slashed' ? value.parts : value.kind === 'list' || value.kind === 'sequence' ? value.items : [];
  const shares = parts.flatMap((part) => (part.kind === 'number' && part.unit === null ? [part.value] : []));
  const whole = Math.round(shares.reduce((sum, share) => sum + share, 0) * 1e6) / 1e6;
  if (parts.length < 2 || parts.length > 3 || shares.length < parts.length || (whole !== 1 && whole !== 100))
    return null;
  return shares.map((share) => `${Number(((100 * share) / whole).toPrecision(6))}%`).join(' / ');
}

const DIRECTIONS = ['RL', 'AP', 'SI'] as const;

function isOrientation(text: string): boolean {
  if (text.length !== 3) return false;
  const used = new Set([...text].map((letter) => DIRECTIONS.findIndex((pair) => pair.includes(letter))));
  return used.size === 3 && !used.has(-1);
}

/** `RAS`: to which side of the patient each axis grows. */
export const orientation: Scalar<string> = {
  kind: 'scalar',
  describe: 'an orientation',
  example: 'RAS',
  words: ['RAS', 'LPS', 'LAS'],
  textual: false,
  read: (expression, reader) => {
    const value = expression.kind === 'reference' ? expression : reader.evaluate(expression);
    if (value === null) return null;
    const letters = value.kind === 'reference' ? value.text : value.kind === 'string' ? value.value : null;
    if (letters === null) return mismatch(reader, value, orientation.describe, orientation.example);
    if (isOrientation(letters)) return read(letters);
    reader.report(
      reportName(
        'EXP2105',
        value.span,
        { value: letters, field: reader.field },
        {
          help: 'three letters, one each of R or L, A or P, S or I: `RAS`, `LPS`',
        },
      ),
    );
    return null;
  },
};

const BATCH_BOUNDS = { min: 1, max: 1024 } as const;

/** `true` is a margin of no voxels, a whole number is that margin, `false` does not crop. */
export const cropMargin: Scalar<number | null> = {
  kind: 'scalar',
  describe: '`true`, `false` or a margin in voxels',
  example: 'true',
  words: ['true', 'false'],
  textual: false,
  unit: 'voxels',
  write: (margin) => (margin === null ? 'false' : margin === 0 ? 'true' : String(margin)),
  read: (expression, reader) => {
    const value = reader.evaluate(expression);
    if (value === null) return null;
    if (value.kind === 'boolean') return read(value.value ? 0 : null);
    if (value.kind !== 'number' || value.unit !== null || !Number.isSafeInteger(value.value)) {
      return mismatch(reader, value, cropMargin.describe, cropMargin.example);
    }
    return checkBounds(reader, value, value.value, { min: 0, max: 1024 });
  },
};

/** A whole number, or a range such as `2..4` from which the planner chooses. */
export const integerOrRange: Scalar<Range> = {
  kind: 'scalar',
  describe: 'a whole number or a range',
  example: '2..4',
  words: [],
  textual: false,
  constraint: describeBounds(BATCH_BOUNDS),
  write: writeRange,
  read: (expression, reader) => {
    const value = reader.evaluate(expression);
    if (value === null) return null;
    const whole = (literal: NumberLiteral) =>
      literal.unit === null && Number.isSafeInteger(literal.value) ? literal.value : null;
    return readRange(reader, value, whole, BATCH_BOUNDS, integerOrRange);
  },
};

export interface Budget {
  readonly usd: number | null;
  readonly hours: number | null;
}

/** `$30`, `20h`, `$30, 20h`: what a run may cost and how long it may take. */
export const budget: Scalar<Budget> = {
  kind: 'scalar',
  describe: 'an amount of money, a duration, or both',
  example: '$30, 20h',
  words: [],
  textual: false,
  unit: '$, hours',
  constraint: 'above 0',
  write: ({ usd, hours }) =>
    [...(usd === null ? [] : [`$${usd}`]), ...(hours === null ? [] : [`${hours}h`])].join(', '),
  read: (expression, reader) => {
    const value = reader.evaluate(expression);
    if (value === null) return null;
    let usd: number | null = null;
    let hours: number | null = null;
    for (const item of value.kind === 'sequence' ? value.items : [value]) {
      const part = reader.evaluate(item);
      if (part === null) return null;
      if (part.kind === 'money' && part.per === null && part.amount > 0 && usd === null) usd = part.amount;
      else if (part.kind === 'number' && hours === null) {
        const duration = readQuantity(reader, part, 'hours', { above: 0 }, '20h');
        if (duration === null) return null;
        hours = duration.value;
      } else return mismatch(reader, part, budget.describe, budget.example);
    }
    return read({ usd, hours });
  },
};

/** `$0.526/h` */
export const hourlyPrice: Scalar<number> = {
  kind: 'scalar',
  describe: 'a price per hour',
  example: '$0.526/h',
  words: [],
  textual: false,
  unit: '$/h',
  constraint: 'at least 0',
  write: (value) => `$${value}/h`,
  read: (expression, reader) => {
    const value = reader.evaluate(expression);
    if (value === null) return null;
    if (value.kind !== 'money' || value.amount < 0)
      return mismatch(reader, value, hourlyPrice.describe, hourlyPrice.example);
    if (value.per === 'h') return read(value.amount);
    const found = value.per === null ? 'plain dollars' : `\`$/${value.per}\``;
    reader.report(
      reportName(
        'EXP2202',
        value.span,
        { field: reader.field, expected: 'dollars per hour', found },
        { help: 'for example `$0.526/h`' },
      ),
    );
    return null;
  },
};

/** Evaluates an expression of any kind; used where the value is a name with optional arguments. */
export function evaluated(reader: Reader, expression: Expression): Expression | null {
  return expression.kind === 'reference' ? expression : reader.evaluate(expression);
}

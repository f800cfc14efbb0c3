import { UsageError } from '../failures.ts';

/** `--where 'val.dice>0.8 status=completed'`: comparisons that all have to hold. */

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';

export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly value: string;
}

/** A number, text, or null where a run does not have it. */
export type FieldValue = number | string | null;

const NAME = /[A-Za-z_][\w.-]*/y;
const OPERATOR = /!=|>=|<=|[=<>~]/y;
const VALUE = /"([^"]*)"|'([^']*)'|([^\s,"']+)/y;
const BLANK = /[\s,]*/y;

/** @throws UsageError that shows the place */
export function parseWhere(text: string): readonly Condition[] {
  const conditions: Condition[] = [];
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) position = pattern.lastIndex;
    return match;
  };
  const fail = (expected: string): never => {
    const found = position >= text.length ? 'it ends' : `there is \`${text.slice(position).split(/\s/)[0]}\``;
    throw new UsageError(
      `--where: ${expected} is expected at character ${position + 1} of \`${text}\`, but ${found}`,
      "for example --where 'val.dice>0.8 status=completed model=SwinUNETR'",
    );
  };
  take(BLANK);
  while (position < text.length) {
    const [field] = take(NAME) ?? fail('a name');
    take(BLANK);
    const operator = operatorOf((take(OPERATOR) ?? fail('one of = != > >= < <= ~'))[0]);
    take(BLANK);
    const [, double, single, bare] = take(VALUE) ?? fail('a value');
    conditions.push({ field, operator, value: double ?? single ?? bare ?? '' });
    take(BLANK);
  }
  return conditions;
}

const OPERATORS: readonly Operator[] = ['=', '!=', '>', '>=', '<', '<=', '~'];

function operatorOf(text: string): Operator {
  return OPERATORS.find((operator) => operator === text) ?? '=';
}

/** Numbers by size where both are numbers, `~` for text within text, everything else letter by letter. Null meets nothing. */
export function holds({ operator, value }: Condition, actual: FieldValue): boolean {
  if (actual === null) return false;
  if (operator === '~') return String(actual).toLowerCase().includes(value.toLowerCase());
  const number = value.trim() === '' ? Number.NaN : Number(value);
  const order =
    Number.isFinite(number) && Number.isFinite(Number(actual))
      ? Number(actual) - number
      : compareText(String(actual), value);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
  }
}

function compareText(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

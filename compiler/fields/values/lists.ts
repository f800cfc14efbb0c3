import type { Scalar } from '../field.ts';
import { read } from '../reader.ts';
import { writeScalar } from '../write-value.ts';
import { mismatch } from './describe.ts';
import { text } from './words.ts';

/** `[1, 2]`: one type of item, at least `min` and at most `max` of them. */
export function list<T>(
  item: Scalar<T>,
  options: { readonly example: string; readonly length?: number },
): Scalar<readonly T[]> {
  const count = options.length === undefined ? 'a list of at least one item' : `a list of ${options.length} items`;
  const describe = `${count}, each ${item.describe}`;
  return {
    kind: 'scalar',
    describe,
    example: options.example,
    words: item.words,
    textual: false,
    unit: item.unit,
    constraint: item.constraint,
    callables: item.callables,
    write: (values) => `[${values.map((value) => writeScalar(item, value)).join(', ')}]`,
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind !== 'list') return mismatch(reader, value, describe, options.example);
      const items: T[] = [];
      let broken = false;
      for (const element of value.items) {
        const result = item.read(element, reader);
        if (result === null) broken = true;
        else items.push(result.value);
      }
      if (broken) return null;
      const fits = options.length === undefined ? items.length > 0 : items.length === options.length;
      return fits ? read(items) : mismatch(reader, value, describe, options.example);
    },
  };
}

/** One value for all three axes, or a list of three: `15deg`, `[0deg, 0deg, 15deg]`. */
export function perAxis<T>(item: Scalar<T>): Scalar<readonly [T, T, T]> {
  const three = list(item, { example: `[${item.example}, ${item.example}, ${item.example}]`, length: 3 });
  return {
    ...item,
    describe: `${item.describe}, or ${three.describe}`,
    write: (values) =>
      values.every((value) => value === values[0]) ? writeScalar(item, values[0]) : writeScalar(three, values),
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind !== 'list') {
        const one = item.read(value, reader);
        return one === null ? null : read([one.value, one.value, one.value] as const);
      }
      const [x, y, z] = three.read(value, reader)?.value ?? [];
      return x === undefined || y === undefined || z === undefined ? null : read([x, y, z] as const);
    },
  };
}

/** One item, or a list of them; one reads as a list of one. */
export function oneOrMore<T>(item: Scalar<T>): Scalar<readonly T[]> {
  const several = list(item, { example: `[${item.example}]` });
  return {
    ...several,
    describe: `${item.describe}, or a list`,
    example: item.example,
    write: (values) => (values.length === 1 ? writeScalar(item, values[0]) : writeScalar(several, values)),
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind === 'list') return several.read(value, reader);
      const result = item.read(value, reader);
      return result === null ? null : read([result.value]);
    },
  };
}

/** Text, or a list of texts. `--set` takes text without quotes, and what begins with a bracket as a list. */
export function textOrList(example: string): Scalar<readonly string[]> {
  return { ...oneOrMore(text(example)), textual: true };
}

/** A list of exactly four, as SwinUNETR's four stages have. */
export function fourOf<T>(item: Scalar<T>, example: string): Scalar<readonly [T, T, T, T]> {
  const inner = list(item, { example, length: 4 });
  return {
    ...inner,
    read: (expression, reader) => {
      const result = inner.read(expression, reader);
      if (result === null) return null;
      const [first, second, third, fourth] = result.value;
      if (first === undefined || second === undefined || third === undefined || fourth === undefined) return null;
      return read([first, second, third, fourth] as const);
    },
  };
}

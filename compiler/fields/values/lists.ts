import type { Scalar } from '../field.ts';
import { read } from '../reader.ts';
import { mismatch } from './describe.ts';

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

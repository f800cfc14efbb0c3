import { suggestionFor } from '../../diagnostics/did-you-mean.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import { quotedList } from '../../names.ts';
import type { Scalar } from '../field.ts';
import { read } from '../reader.ts';
import { writeScalar } from '../write-value.ts';
import { mismatch } from './describe.ts';

/** One of a few words: `blend: gaussian`. */
export function oneOf<const W extends readonly string[]>(...words: W): Scalar<W[number]> {
  const describe = `one of ${quotedList(words)}`;
  const example = words[0] ?? '';
  const known = (text: string): text is W[number] => words.includes(text);
  return {
    kind: 'scalar',
    describe,
    example,
    words,
    textual: false,
    read: (expression, reader) => {
      // A word of the field comes before a parameter of the same name.
      if (expression.kind === 'reference' && known(expression.text)) return read(expression.text);
      const value = reader.evaluate(expression);
      if (value === null) return null;
      const text = value.kind === 'reference' ? value.text : value.kind === 'string' ? value.value : null;
      if (text === null) return mismatch(reader, value, describe, example);
      if (known(text)) return read(text);
      reader.report(
        reportName(
          'EXP2105',
          value.span,
          { value: text, field: reader.field },
          suggestionFor(text, value.span, words) ?? { help: `it is ${describe}` },
        ),
      );
      return null;
    },
  };
}

/** As Python and YAML write them. */
const FLAGS_ELSEWHERE: Readonly<Record<string, 'true' | 'false'>> = {
  true: 'true',
  yes: 'true',
  on: 'true',
  false: 'false',
  no: 'false',
  off: 'false',
};

/** `true` or `false`. */
export const flag: Scalar<boolean> = {
  kind: 'scalar',
  describe: '`true` or `false`',
  example: 'true',
  words: ['true', 'false'],
  textual: false,
  read: (expression, reader) => {
    const value = reader.evaluate(expression);
    if (value === null) return null;
    if (value.kind === 'boolean') return read(value.value);
    const meant = value.kind === 'reference' ? (FLAGS_ELSEWHERE[value.text.toLowerCase()] ?? null) : null;
    return mismatch(reader, value, flag.describe, flag.example, meant);
  },
};

/** Text in double quotes. */
export function text(example: string): Scalar<string> {
  const describe = 'text in double quotes';
  return {
    kind: 'scalar',
    describe,
    example,
    words: [],
    textual: true,
    read: (expression, reader) => {
      const value = reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind === 'reference') {
        reader.report(
          reportName(
            'EXP2201',
            value.span,
            { field: reader.field, expected: describe, found: `the name \`${value.text}\`` },
            {
              help: `for example \`${example}\``,
              fix: { title: 'put it in quotes', span: value.span, replacement: JSON.stringify(value.text) },
            },
          ),
        );
        return null;
      }
      return value.kind === 'string' ? read(value.value) : mismatch(reader, value, describe, example);
    },
  };
}

/** The path of a file or folder in double quotes, relative to the file that it is written in. */
export function path(example: string): Scalar<string> {
  const inner = text(example);
  return {
    ...inner,
    read: (expression, reader) => {
      const written = inner.read(expression, reader);
      if (written === null) return null;
      return read(reader.fromRoot(written.value, (reader.evaluate(expression) ?? expression).span));
    },
  };
}

/** A value or the word `none` (or another word), which reads as null. */
export function orWord<T>(inner: Scalar<T>, word: string): Scalar<T | null> {
  return {
    ...inner,
    describe: `${inner.describe}, or \`${word}\``,
    write: (value) => (value === null ? word : writeScalar(inner, value)),
    words: [...inner.words, word],
    read: (expression, reader) =>
      expression.kind === 'reference' && expression.text === word ? read(null) : inner.read(expression, reader),
  };
}

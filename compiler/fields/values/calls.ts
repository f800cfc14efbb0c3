import type { Call, Reference } from '../../../dsl/ast.ts';
import { suggestionFor } from '../../diagnostics/did-you-mean.ts';
import { reportName } from '../../diagnostics/names-and-types.ts';
import { quotedList } from '../../names.ts';
import { camelCase } from '../case.ts';
import type { CallableTable, FieldTable, Scalar, TableValue } from '../field.ts';
import { type Reader, read } from '../reader.ts';
import { writeCall } from '../write-value.ts';
import { mismatch } from './describe.ts';

export type CalledValue<T extends CallableTable> = {
  readonly [N in keyof T & string]: { readonly kind: N } & TableValue<T[N]['arguments']>;
}[keyof T & string];

/** One of a table by its name, or called with arguments; the arguments' types are scalars. */
export function called<const T extends CallableTable>(noun: string, table: T, example: string): Scalar<CalledValue<T>> {
  const names = Object.keys(table);
  const describe = `one of ${quotedList(names)}`;
  return {
    kind: 'scalar',
    describe,
    example,
    words: names,
    textual: false,
    callables: table,
    write: (value) => writeCall(value, table[value.kind]?.arguments ?? {}),
    read: (expression, reader) => {
      // A name of the table comes before a parameter of the same name.
      const isName = expression.kind === 'reference' && Object.hasOwn(table, expression.text);
      const value = isName ? expression : reader.evaluate(expression);
      if (value === null) return null;
      if (value.kind !== 'reference' && value.kind !== 'call') return mismatch(reader, value, describe, example);
      const callee = value.kind === 'call' ? value.callee : value;
      const entry = Object.hasOwn(table, callee.text) ? table[callee.text] : undefined;
      if (entry === undefined) {
        reportNoSuch(reader, noun, callee, names);
        return null;
      }
      const given = readArguments(value.kind === 'call' ? value.arguments : [], callee.text, entry.arguments, reader);
      // The table's own types say what each reader returned; see `CalledValue`.
      return given === null ? null : read({ kind: callee.text, ...given } as unknown as CalledValue<T>);
    },
  };
}

function reportNoSuch(reader: Reader, noun: string, callee: Reference, names: readonly string[]): void {
  const options = suggestionFor(callee.text, callee.span, names) ?? { help: `there is ${quotedList(names, 'and')}` };
  reader.report(reportName('EXP2102', callee.span, { noun, name: callee.text }, options));
}

/** @returns every argument under its camelCase name, defaults included; null after a diagnostic was reported */
function readArguments(
  given: Call['arguments'],
  callee: string,
  table: FieldTable,
  reader: Reader,
): Readonly<Record<string, unknown>> | null {
  const values = new Map<string, unknown>();
  let broken = false;
  for (const { name, span, value } of given) {
    const field = name === null || !Object.hasOwn(table, name.text) ? undefined : table[name.text];
    if (name === null || field === undefined || field.type.kind !== 'scalar') {
      broken = true;
      const takes = Object.keys(table);
      const help = takes.length === 0 ? `\`${callee}\` takes no arguments` : `it takes ${quotedList(takes, 'and')}`;
      if (name !== null) {
        const options = suggestionFor(name.text, name.span, takes) ?? { help };
        reader.report(reportName('EXP2103', name.span, { callee, name: name.text }, options));
      } else if (value.kind !== 'missing') reader.report(reportName('EXP2107', span, { callee }, { help }));
      continue;
    }
    if (values.has(name.text)) reader.report(reportName('EXP2005', name.span, { name: name.text }));
    const result = field.type.read(value, { ...reader, field: name.text });
    if (result === null || values.has(name.text)) broken = true;
    else values.set(name.text, result.value);
  }
  if (broken) return null;
  return Object.fromEntries(
    Object.entries(table).map(([name, { presence }]) => [
      camelCase(name),
      values.get(name) ?? (presence.kind === 'default' ? presence.value : null),
    ]),
  );
}

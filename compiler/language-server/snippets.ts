import { assertNever } from '../../dsl/assert-never.ts';
import type { Field, FieldTable, FieldType, Variant } from '../fields/field.ts';
import { writeDefault } from '../fields/write-value.ts';

/** Fields → text to insert, in the syntax of editor snippets: `${1:text}` and `${1|a,b|}` are places to fill in. */

/** Numbers the places to fill in. */
type Next = () => number;

function counter(): Next {
  let last = 0;
  return () => ++last;
}

/** `$`, `}` and `\` mean something in snippets. */
export function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

/** The text that a snippet stands for where nothing is filled in. */
export function plainSnippet(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, '$1')
    .replace(/\$\{\d+:((?:[^\\}]|\\.)*)\}/g, '$1')
    .replace(/(?<!\\)\$\d+/g, '')
    .replace(/\\([\\$}])/g, '$1')
    .replaceAll('\t', '  ');
}

function placeholder(text: string, next: Next): string {
  return `\${${next()}:${escapeSnippet(text)}}`;
}

function choice(words: readonly string[], next: Next): string {
  return `\${${next()}|${words.map((word) => word.replace(/[\\,|]/g, '\\$&')).join(',')}|}`;
}

/** A whole setting or block; several where the block has variants. */
export function fieldSnippets(
  name: string,
  field: Field,
): readonly { readonly label: string; readonly text: string }[] {
  const { type } = field;
  if (type.kind !== 'blockChoice') return [{ label: name, text: fieldSnippet(name, field, counter()) }];
  return Object.entries(type.variants).map(([variant, definition]) => {
    const next = counter();
    const settings = requiredLines({ ...type.common, ...definition.settings }, next);
    const header = `${name} ${callText(variant, definition, next)}`;
    return { label: `${name} ${variant}`, text: `${header} {\n${settings.length === 0 ? '\t$0\n' : settings}}` };
  });
}

function fieldSnippet(name: string, field: Field, next: Next): string {
  const { type } = field;
  switch (type.kind) {
    case 'scalar':
      return `${name}: ${valueSnippet(field, next)}`;
    case 'callChoice':
      return `${name}: ${choice(Object.keys(type.variants), next)}`;
    case 'group':
      return `${name} {\n${requiredLines(type.fields, next) || '\t$0\n'}}`;
    case 'callList':
      return `${name} {\n\t$0\n}`;
    case 'blockChoice':
      return `${name} ${choice(Object.keys(type.variants), next)} {\n\t$0\n}`;
    default:
      return assertNever(type);
  }
}

function requiredLines(fields: FieldTable, next: Next): string {
  return Object.entries(fields)
    .filter(([, { presence }]) => presence.kind === 'required')
    .map(([name, field]) => `\t${fieldSnippet(name, field, next)}\n`)
    .join('');
}

function valueSnippet(field: Field, next: Next): string {
  const { type } = field;
  if (type.kind !== 'scalar') return `$${next()}`;
  if (isChoice(type)) return choice(defaultFirst(type.words, writeDefault(field)), next);
  return placeholder(writeDefault(field) ?? type.example, next);
}

/** Whether nothing but its words is a value. */
function isChoice(type: FieldType): boolean {
  return (
    type.kind === 'scalar' && type.words.length > 1 && type.callables === undefined && type.words.includes(type.example)
  );
}

function defaultFirst(words: readonly string[], value: string | null): readonly string[] {
  return value === null || !words.includes(value) ? words : [value, ...words.filter((word) => word !== value)];
}

/** `learning_rate: ${1:1e-4}` */
export function argumentSnippet(name: string, field: Field): string {
  return `${name}: ${valueSnippet(field, counter())}`;
}

/**
 * `flip(probability: ${1:50%})`: with what has to be given.
 *
 * @param none what stands for no arguments: in a list of calls the brackets have to be there
 */
export function callSnippet(
  name: string,
  variant: Pick<Variant, 'arguments'> & Partial<Variant>,
  none: '' | '()' = '',
): string {
  const text = callText(name, variant, counter());
  return text === name ? `${name}${none}` : text;
}

function callText(name: string, variant: Pick<Variant, 'arguments'> & Partial<Variant>, next: Next): string {
  const given = Object.entries(variant.arguments)
    .filter(([, { presence }]) => presence.kind === 'required')
    .map(([argument, field]) =>
      argument === variant.positional ? valueSnippet(field, next) : `${argument}: ${valueSnippet(field, next)}`,
    );
  return given.length === 0 ? name : `${name}(${given.join(', ')})`;
}

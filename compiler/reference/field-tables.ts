import { assertNever } from '../../dsl/assert-never.ts';
import type { CallableTable, Field, FieldTable, FieldType, Variant } from '../fields/field.ts';
import { fieldFacts } from '../fields/field-facts.ts';
import { code, paragraphs, table } from './markdown.ts';

/** Field tables → Markdown: a table for each block, and below it one for each thing that the block can be. */

/** @param depth of the heading: 2 is `##` */
export function fieldSection(name: string, { type, doc }: Field, depth: number): string {
  return paragraphs(`${'#'.repeat(depth)} ${code(name)}`, doc, typeSections(type, depth));
}

/** The fields, and after them a section for each that is more than a single value. */
export function fieldsWithSections(fields: FieldTable, depth: number): string {
  const sections = Object.entries(fields).filter(([, { type }]) => hasSection(type));
  return paragraphs(fieldTable(fields), ...sections.map(([name, field]) => fieldSection(name, field, depth)));
}

export function fieldTable(fields: FieldTable): string {
  const rows = Object.entries(fields).map(([name, field]) => {
    const facts = fieldFacts(name, field);
    const value = facts.default === null ? '' : code(facts.default);
    const reason = facts.reason === null ? '' : `(${facts.reason})`;
    const standard = facts.required ? '**required**' : [value, reason].filter((part) => part !== '').join(' ') || '–';
    return [code(name), facts.type, facts.unit ?? '', standard, facts.constraint ?? '', facts.doc, code(facts.example)];
  });
  if (rows.length === 0) return '';
  return table(['name', 'type', 'unit', 'default', 'constraint', 'what it says', 'example'], rows);
}

function hasSection(type: FieldType): boolean {
  return type.kind !== 'scalar' || Object.keys(type.callables ?? {}).length > 0;
}

function typeSections(type: FieldType, depth: number): string {
  switch (type.kind) {
    case 'scalar':
      return callableSection(type.callables ?? {});
    case 'group':
      return fieldsWithSections(type.fields, depth + 1);
    case 'callList':
    case 'callChoice':
      return paragraphs(...variantSections(type.variants, depth));
    case 'blockChoice':
      return paragraphs(
        ...variantSections(type.variants, depth),
        `${'#'.repeat(depth + 1)} Settings of every ${type.noun}`,
        fieldsWithSections(type.common, depth + 2),
      );
    default:
      return assertNever(type);
  }
}

function variantSections(variants: Readonly<Record<string, Variant>>, depth: number): readonly string[] {
  return Object.entries(variants).map(([name, { doc, positional, arguments: given, settings }]) => {
    const unnamed = positional === null ? '' : `${code(positional)} may be written without its name.`;
    const heading = `${'#'.repeat(depth + 1)} ${code(name)}`;
    const braces = Object.keys(settings).length > 0 && Object.keys(given).length > 0 ? 'In its braces:' : '';
    return paragraphs(
      heading,
      doc,
      unnamed,
      fieldsWithSections(given, depth + 2),
      braces,
      fieldsWithSections(settings, depth + 2),
    );
  });
}

/** What is named, or called with arguments: the metrics. */
function callableSection(callables: CallableTable): string {
  const rows = Object.entries(callables).map(([name, { doc }]) => [code(name), doc]);
  const given = Object.entries(callables)
    .filter(([, callable]) => Object.keys(callable.arguments).length > 0)
    .map(([name, callable]) => paragraphs(`Arguments of ${code(name)}:`, fieldTable(callable.arguments)));
  return paragraphs(table(['name', 'what it is'], rows), ...given);
}

import { describe, expect, it } from 'vitest';
import { parseValue } from '../../../compiler/bind/override.ts';
import { camelCase, snakeCase } from '../../../compiler/fields/case.ts';
import { ENVIRONMENT } from '../../../compiler/fields/environment.ts';
import { EXPERIMENT } from '../../../compiler/fields/experiment.ts';
import type { Field, FieldTable, FieldType } from '../../../compiler/fields/field.ts';

/** Every field of the language with the path that leads to it. */
function everyField(table: FieldTable, path: string): readonly (readonly [string, string, Field])[] {
  return Object.entries(table).flatMap(([name, field]) => [
    [`${path}${name}`, name, field] as const,
    ...fieldsWithin(field.type, `${path}${name}.`),
  ]);
}

function fieldsWithin(type: FieldType, path: string): readonly (readonly [string, string, Field])[] {
  if (type.kind === 'scalar') return [];
  if (type.kind === 'group') return everyField(type.fields, path);
  const common = type.kind === 'blockChoice' ? everyField(type.common, path) : [];
  const variants = Object.entries(type.variants).flatMap(([name, variant]) => [
    ...everyField(variant.arguments, `${path}${name}(`),
    ...everyField(variant.settings, `${path}${name}.`),
  ]);
  return [...common, ...variants];
}

const fields = [...everyField(EXPERIMENT, ''), ...everyField(ENVIRONMENT.fields, 'environment.')];

describe.each(fields)('%s', (_, name, { type, doc, presence }) => {
  it('is documented in whole sentences', () => {
    expect(doc).toMatch(/^[A-Z].*\.$/);
  });

  it('is snake_case, and keeps its name on the way to the plan and back', () => {
    expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    expect(snakeCase(camelCase(name))).toBe(name);
  });

  it('reads its own example', () => {
    if (type.kind !== 'scalar') return;
    const span = { file: { path: 'example', text: type.example }, start: 0, end: type.example.length };
    const expression = parseValue(type.example, span);
    const reported: string[] = [];
    const reader = {
      field: name,
      report: (diagnostic: { readonly message: string }) => reported.push(diagnostic.message),
      evaluate: <T>(value: T) => value,
      fromRoot: (path: string) => path,
    };
    expect(expression).not.toBeNull();
    expect(expression === null ? null : type.read(expression, reader)).not.toBeNull();
    expect(reported).toEqual([]);
  });

  it('has a default among its variants', () => {
    if (presence.kind !== 'default' || type.kind === 'scalar' || type.kind === 'group') return;
    const names = Object.keys(type.variants);
    expect(presence.value === null || names.some((variant) => variant === presence.value)).toBe(true);
  });
});

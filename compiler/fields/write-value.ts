import { assertNever } from '../../dsl/assert-never.ts';
import { camelCase } from './case.ts';
import type { Field, FieldTable, FieldType, Scalar } from './field.ts';

/** Values as an `.exp` file would say them: for hover, reference pages and completion. */

export function writeScalar<T>(type: Scalar<T>, value: T): string {
  if (type.write !== undefined) return type.write(value);
  return typeof value === 'string' && !type.textual ? value : JSON.stringify(value);
}

/** @param value as the resolver made it from this type */
export function writeValue(type: FieldType, value: unknown): string {
  if (value === null || value === undefined) return 'none';
  switch (type.kind) {
    case 'scalar':
      return writeScalar(type, value);
    case 'callChoice': {
      const call = asRecord(value);
      return writeCall(call, variantArguments(type.variants, call.kind));
    }
    case 'callList': {
      const calls = Array.isArray(value) ? value.map(asRecord) : [];
      return `{ ${calls.map((call) => writeCall(call, variantArguments(type.variants, call.kind))).join('  ')} }`;
    }
    case 'blockChoice':
      return String(asRecord(value).kind);
    case 'group':
      return '{ … }';
    default:
      return assertNever(type);
  }
}

/** `adamw(learning_rate: 1e-4)`: the arguments that are not at their defaults. */
export function writeCall(call: Readonly<Record<string, unknown>>, table: FieldTable): string {
  const given = Object.entries(table).flatMap(([name, field]) => {
    const value = call[camelCase(name)];
    return isDefault(field, value) ? [] : [`${name}: ${writeValue(field.type, value)}`];
  });
  return given.length === 0 ? String(call.kind) : `${String(call.kind)}(${given.join(', ')})`;
}

function isDefault({ presence }: Field, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return presence.kind === 'default' && JSON.stringify(presence.value) === JSON.stringify(value);
}

/** The default of a field as it would be written; null where it has none. */
export function writeDefault({ presence, type }: Field): string | null {
  if (presence.kind !== 'default' || presence.value === null) return null;
  return type.kind === 'scalar' ? writeScalar(type, presence.value) : String(presence.value);
}

function variantArguments(variants: Readonly<Record<string, { arguments: FieldTable }>>, kind: unknown): FieldTable {
  return typeof kind === 'string' && Object.hasOwn(variants, kind) ? (variants[kind]?.arguments ?? {}) : {};
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

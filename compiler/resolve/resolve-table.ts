import { assertNever } from '../../dsl/assert-never.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import type { BoundRecord, BoundTable, BoundValue, Written } from '../bind/bound.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { camelCase } from '../fields/case.ts';
import type { Field, FieldTable, FieldType, TableValue } from '../fields/field.ts';

/** Bound tables + defaults → values, each with its origin. */

export type ValueOrigin =
  | { readonly kind: 'written'; readonly written: Written }
  | { readonly kind: 'default'; readonly reason: string | null }
  | { readonly kind: 'planner'; readonly reason: string };

export interface Resolution {
  readonly report: (diagnostic: Diagnostic) => void;
  /** By dotted path in the plan. */
  readonly origins: Map<string, ValueOrigin>;
  /** Plan paths whose value could not be read; rules that read them are silent. */
  readonly broken: Set<string>;
}

interface Owner {
  /** Completes "… needs `x`". */
  readonly label: string;
  readonly span: Span;
  /** Whether part of it was unreadable, so that nothing can be said to be missing. */
  readonly incomplete: boolean;
}

type Resolved = { readonly value: unknown } | null;

/** @returns null when a required value is missing or broken */
export function resolveTable<F extends FieldTable>(
  fields: F,
  table: BoundTable,
  path: string,
  owner: Owner,
  resolution: Resolution,
): TableValue<F> | null {
  const { values, complete } = resolveFields(fields, table, path, owner, resolution);
  return isComplete<TableValue<F>>(values, complete) ? values : null;
}

function isComplete<T>(_values: Partial<T>, complete: boolean): _values is T & Partial<T> {
  return complete;
}

/** As `resolveTable`, and what could be resolved where not everything could. */
export function resolveFields<F extends FieldTable>(
  fields: F,
  table: BoundTable,
  path: string,
  owner: Owner,
  resolution: Resolution,
): { readonly values: Partial<TableValue<F>>; readonly complete: boolean } {
  const values: Record<string, unknown> = {};
  let complete = true;
  for (const [name, field] of Object.entries(fields)) {
    const resolved = resolveField(
      name,
      field,
      table.get(name),
      join(path, field.plan ?? camelCase(name)),
      owner,
      resolution,
    );
    if (resolved === null) complete = false;
    else values[camelCase(name)] = resolved.value;
  }
  // The table's own types say what each reader returned; see `TableValue`.
  return { values: values as Partial<TableValue<F>>, complete };
}

export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function resolveField(
  name: string,
  field: Field,
  bound: BoundValue | undefined,
  path: string,
  owner: Owner,
  resolution: Resolution,
): Resolved {
  if (bound === undefined || bound.kind === 'broken') {
    if (bound !== undefined) {
      resolution.broken.add(path);
      resolution.origins.set(path, { kind: 'written', written: bound });
    }
    return absent(name, field, bound !== undefined, path, owner, resolution);
  }
  resolution.origins.set(path, { kind: 'written', written: bound });
  switch (bound.kind) {
    case 'leaf':
      return { value: bound.value };
    case 'record':
      return resolveRecord(name, field.type, bound, path, resolution);
    case 'calls': {
      if (bound.incomplete) resolution.broken.add(path);
      const items: unknown[] = [];
      for (const [index, item] of bound.items.entries()) {
        const itemPath = join(path, String(index));
        resolution.origins.set(itemPath, { kind: 'written', written: item });
        const resolved = resolveRecord(name, field.type, item, itemPath, resolution);
        if (resolved === null) return null;
        items.push(resolved.value);
      }
      return { value: items };
    }
    default:
      return assertNever(bound);
  }
}

/** A field that is not written, or not readable. */
function absent(
  name: string,
  field: Field,
  isBroken: boolean,
  path: string,
  owner: Owner,
  resolution: Resolution,
): Resolved {
  const { presence, type } = field;
  if (presence.kind === 'required') {
    resolution.broken.add(path);
    if (!isBroken && !owner.incomplete) {
      const options = { help: `for example \`${exampleOf(name, type)}\`` };
      resolution.report(reportName('EXP2006', owner.span, { owner: owner.label, name }, options));
    }
    return null;
  }
  const reason = presence.kind === 'default' ? presence.reason : null;
  if (!isBroken) resolution.origins.set(path, { kind: 'default', reason });
  if (presence.kind === 'optional') return { value: null };
  switch (type.kind) {
    case 'scalar':
      return { value: presence.value };
    case 'callList':
      return { value: [] };
    case 'callChoice':
    case 'blockChoice':
    case 'group': {
      const record: BoundRecord = {
        kind: 'record',
        span: owner.span,
        layer: { kind: 'experiment' },
        variant: typeof presence.value === 'string' ? presence.value : null,
        arguments: new Map(),
        settings: new Map(),
        replaces: false,
        incomplete: isBroken,
      };
      return resolveRecord(name, type, record, path, resolution);
    }
    default:
      return assertNever(type);
  }
}

function resolveRecord(
  name: string,
  type: FieldType,
  record: BoundRecord,
  path: string,
  resolution: Resolution,
): Resolved {
  const owner = (label: string): Owner => ({ label: `\`${label}\``, span: record.span, incomplete: record.incomplete });
  if (record.incomplete) resolution.broken.add(path);
  switch (type.kind) {
    case 'scalar':
      return null;
    case 'group': {
      const value = resolveTable(type.fields, record.settings, path, owner(name), resolution);
      return value === null ? null : { value };
    }
    case 'callChoice':
    case 'callList': {
      const variant = record.variant === null ? undefined : type.variants[record.variant];
      if (variant === undefined || record.variant === null) return null;
      const value = resolveTable(variant.arguments, record.arguments, path, owner(record.variant), resolution);
      return value === null ? null : { value: { kind: record.variant, ...value } };
    }
    case 'blockChoice': {
      const variant = record.variant === null ? undefined : type.variants[record.variant];
      if (variant === undefined || record.variant === null) return null;
      const own = owner(`${name} ${record.variant}`);
      const fields = { ...type.common, ...variant.settings };
      const args = resolveTable(variant.arguments, record.arguments, path, own, resolution);
      const settings = resolveTable(fields, record.settings, path, own, resolution);
      const origin = resolution.origins.get(path);
      if (origin !== undefined) resolution.origins.set(join(path, type.planKind), origin);
      return args === null || settings === null ? null : { value: { kind: record.variant, arguments: args, settings } };
    }
    default:
      return assertNever(type);
  }
}

/** How a field is written, for help lines. */
export function exampleOf(name: string, type: FieldType): string {
  switch (type.kind) {
    case 'scalar':
      return `${name}: ${type.example}`;
    case 'group':
    case 'callList':
      return `${name} { … }`;
    case 'callChoice':
      return `${name}: ${Object.keys(type.variants)[0]}(…)`;
    case 'blockChoice':
      return `${name} ${Object.keys(type.variants)[0]} { … }`;
    default:
      return assertNever(type);
  }
}

import { assertNever } from '../../dsl/assert-never.ts';
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Span } from '../../dsl/source.ts';
import type { BoundRecord, BoundTable, BoundValue, Written } from '../bind/bound.ts';
import { reportName } from '../diagnostics/names-and-types.ts';
import { camelCase } from '../fields/case.ts';
import type { Field, FieldTable, FieldType, TableValue } from '../fields/field.ts';
import { exampleOf } from '../fields/field-facts.ts';

/** Bound tables + defaults → values, each with its origin. */

export type ValueOrigin =
  | { readonly kind: 'written'; readonly written: Written }
  | { readonly kind: 'default'; readonly reason: string | null }
  | { readonly kind: 'planner'; readonly reason: string };

export interface Resolution {
  readonly report: (diagnostic: Diagnostic) => void;
  /** By dotted path in the plan. */
  readonly origins: Map<string, ValueOrigin>;
  /** Plan paths whose value is missing or could not be read. */
  readonly broken: Set<string>;
  /** Plan paths of blocks and calls of which some part could not be read: what they seem to lack may be in it. */
  readonly incomplete: Set<string>;
}

interface Owner {
  /** Completes "… needs `x`". */
  readonly label: string;
  readonly span: Span;
  /** Whether part of it was unreadable, so that nothing can be said to be missing. */
  readonly incomplete: boolean;
}

/** Null where not even the shape is known. An incomplete value lacks fields, each of which `broken` names. */
type Resolved = { readonly value: unknown; readonly complete: boolean } | null;

export interface ResolvedTable<F extends FieldTable> {
  /** Where not complete, fields named by `broken` are absent: read a value only after asking for its path. */
  readonly values: TableValue<F>;
  readonly complete: boolean;
  /** The sections that are there at all. */
  readonly present: ReadonlySet<string>;
}

export function resolveTable<F extends FieldTable>(
  fields: F,
  table: BoundTable,
  path: string,
  owner: Owner,
  resolution: Resolution,
  resolve: ResolveField = resolveField,
): ResolvedTable<F> {
  const values: Record<string, unknown> = {};
  let complete = true;
  for (const [name, field] of Object.entries(fields)) {
    const at = join(path, field.plan ?? camelCase(name));
    const resolved = resolve(name, field, table.get(name), at, owner, resolution);
    if (resolved !== null) values[camelCase(name)] = resolved.value;
    complete &&= resolved?.complete ?? false;
  }
  // The table's own types say what each reader returned; see `TableValue`.
  return { values: values as TableValue<F>, complete, present: new Set(Object.keys(values)) };
}

export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** A field of a table, its origins and what is wrong with it told to the resolution. */
export type ResolveField = typeof resolveField;

export function resolveField(
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
      return { value: bound.value, complete: true };
    case 'record':
      return resolveRecord(name, field.type, bound, path, resolution);
    case 'calls': {
      if (bound.incomplete) resolution.incomplete.add(path);
      const items = bound.items.map((item, index) => {
        const itemPath = join(path, String(index));
        resolution.origins.set(itemPath, { kind: 'written', written: item });
        return resolveRecord(name, field.type, item, itemPath, resolution);
      });
      return { value: items.map((item) => item?.value), complete: items.every((item) => item?.complete === true) };
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
      resolution.report(reportName('EXP2006', owner.span, { owner: owner.label, name: `\`${name}\`` }, options));
    }
    return null;
  }
  const reason = presence.kind === 'default' ? presence.reason : null;
  if (!isBroken) resolution.origins.set(path, { kind: 'default', reason });
  if (presence.kind === 'optional') return { value: null, complete: !isBroken };
  switch (type.kind) {
    case 'scalar':
      return { value: presence.value, complete: !isBroken };
    case 'callList':
      return { value: [], complete: !isBroken };
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
  if (record.incomplete) resolution.incomplete.add(path);
  switch (type.kind) {
    case 'scalar':
      return null;
    case 'group': {
      const { values, complete } = resolveTable(type.fields, record.settings, path, owner(name), resolution);
      return { value: values, complete };
    }
    case 'callChoice':
    case 'callList': {
      const kind = record.variant;
      const variant = kind === null ? undefined : type.variants[kind];
      if (variant === undefined || kind === null) return null;
      const { values, complete } = resolveTable(variant.arguments, record.arguments, path, owner(kind), resolution);
      return { value: { kind, ...values }, complete };
    }
    case 'blockChoice': {
      const kind = record.variant;
      const variant = kind === null ? undefined : type.variants[kind];
      if (variant === undefined || kind === null) return null;
      const own = owner(`${name} ${kind}`);
      const fields = { ...type.common, ...variant.settings };
      const args = resolveTable(variant.arguments, record.arguments, path, own, resolution);
      const settings = resolveTable(fields, record.settings, path, own, resolution);
      const origin = resolution.origins.get(path);
      if (origin !== undefined) resolution.origins.set(join(path, type.planKind), origin);
      const value = { kind, arguments: args.values, settings: settings.values };
      return { value, complete: args.complete && settings.complete };
    }
    default:
      return assertNever(type);
  }
}

import type { Expression } from '../../dsl/ast.ts';
import type { CamelCase } from './case.ts';
import type { Read, Reader } from './reader.ts';

/**
 * The shape of field tables. A table states each field of a block once: name (as written in `.exp`), type with unit and
 * constraint, default with its reason, documentation. The binder, the resolver, suggestions, `--set` paths, completion
 * and the reference pages all derive from it, and so do the TypeScript types of resolved values.
 */

/** A single value: read from one expression, replaced as a whole by a later layer. */
export interface Scalar<T> {
  readonly kind: 'scalar';
  /** Completes "`name` takes …": `a whole number`. */
  readonly describe: string;
  /** As one would write it, for help lines and the reference. */
  readonly example: string;
  /** Words that may stand here, for completion. */
  readonly words: readonly string[];
  /** Whether `--set` takes what follows the `=` as text, without quotes. */
  readonly textual: boolean;
  readonly read: (expression: Expression, reader: Reader) => Read<T>;
  /** How a value is written, where that is not as JSON writes it: 0.25 is `25%`. */
  write?(value: T): string;
  /** `mm`, `epochs or steps`; absent for plain numbers and words. */
  readonly unit?: string | undefined;
  /** `at least 0 and below 1` */
  readonly constraint?: string | undefined;
  /** What is written as a call: `surface_dice(tolerance: 2mm)`. */
  readonly callables?: CallableTable | undefined;
}

/** Things that are named, or called with arguments of plain values. */
export interface CallableTable {
  readonly [name: string]: { readonly arguments: FieldTable; readonly doc: string };
}

/** One choice among several: `adamw(…)`, `model SwinUNETR { … }`. */
export interface Variant<A extends FieldTable = FieldTable, S extends FieldTable = FieldTable> {
  readonly doc: string;
  /** The argument that may stand without its name. */
  readonly positional: string | null;
  readonly arguments: A;
  /** Settings in the braces; empty for calls. */
  readonly settings: S;
}

export type VariantTable = { readonly [name: string]: Variant };

/** A setting whose value is a call of one of the variants: `optimizer: adamw(…)`. */
export interface CallChoice<V extends VariantTable = VariantTable> {
  readonly kind: 'callChoice';
  readonly noun: string;
  readonly variants: V;
}

/** A block with one of the variants: `dataset bids("…") { … }`. `common` are settings that all variants have. */
export interface BlockChoice<V extends VariantTable = VariantTable, C extends FieldTable = FieldTable> {
  readonly kind: 'blockChoice';
  readonly noun: string;
  readonly variants: V;
  readonly common: C;
  /** Variants that people know from elsewhere and that are not there yet. */
  readonly notYet?: readonly string[];
  /** Where the plan keeps the variant's name, relative to the block. */
  readonly planKind: string;
}

/** A block of settings: `schedule { … }`. */
export interface Group<F extends FieldTable = FieldTable> {
  readonly kind: 'group';
  readonly fields: F;
}

/** A block that lists calls in order: `augment { flip(…) }`. */
export interface CallList<V extends VariantTable = VariantTable> {
  readonly kind: 'callList';
  readonly noun: string;
  readonly variants: V;
}

export type FieldType = Scalar<unknown> | CallChoice | BlockChoice | Group | CallList;

/** What holds when a field is not written. For choices, a default is the name of a variant, with its own defaults. */
export type Presence =
  | { readonly kind: 'required' }
  | { readonly kind: 'optional' }
  | { readonly kind: 'default'; readonly value: unknown; readonly reason: string | null };

export interface Field<T extends FieldType = FieldType, P extends Presence = Presence> {
  readonly type: T;
  readonly doc: string;
  readonly presence: P;
  /** Where the plan keeps it, relative to the block, where that is not the name in camelCase. */
  readonly plan: string | null;
}

export interface FieldTable {
  readonly [name: string]: Field;
}

// --- the types of resolved values -----------------------------------------------------------------------------------

type Name<T> = keyof T & string;

type CallValue<V extends VariantTable> = {
  readonly [N in Name<V>]: { readonly kind: N } & TableValue<V[N]['arguments']>;
}[Name<V>];

type BlockValue<V extends VariantTable, C extends FieldTable> = {
  readonly [N in Name<V>]: {
    readonly kind: N;
    readonly arguments: TableValue<V[N]['arguments']>;
    readonly settings: TableValue<V[N]['settings']> & TableValue<C>;
  };
}[Name<V>];

export type ValueOf<T extends FieldType> =
  T extends Scalar<infer Value>
    ? Value
    : T extends CallChoice<infer V>
      ? CallValue<V>
      : T extends BlockChoice<infer V, infer C>
        ? BlockValue<V, C>
        : T extends Group<infer F>
          ? TableValue<F>
          : T extends CallList<infer V>
            ? readonly CallValue<V>[]
            : never;

type FieldValue<F extends Field> = F['presence'] extends { readonly kind: 'optional' }
  ? ValueOf<F['type']> | null
  : ValueOf<F['type']>;

/** What a table resolves to: every field, under its camelCase name. */
export type TableValue<F extends FieldTable> = { readonly [N in Name<F> as CamelCase<N>]: FieldValue<F[N]> };

type DefaultOf<T extends FieldType> =
  T extends Scalar<infer Value>
    ? Value
    : T extends CallChoice<infer V>
      ? Name<V>
      : T extends BlockChoice<infer V>
        ? Name<V>
        : null;

// --- how tables are written -----------------------------------------------------------------------------------------

interface FieldOptions {
  readonly plan?: string;
}

type Required = { readonly kind: 'required' };
type Optional = { readonly kind: 'optional' };
type Defaulted = { readonly kind: 'default'; readonly value: unknown; readonly reason: string | null };

/** A field that must be written. */
export function required<const T extends FieldType>(
  type: T,
  doc: string,
  options: FieldOptions = {},
): Field<T, Required> {
  return { type, doc, presence: { kind: 'required' }, plan: options.plan ?? null };
}

/** A field that may be left out, and is null then. */
export function optional<const T extends FieldType>(
  type: T,
  doc: string,
  options: FieldOptions = {},
): Field<T, Optional> {
  return { type, doc, presence: { kind: 'optional' }, plan: options.plan ?? null };
}

/** A field with a default, and why that default. */
export function defaulted<const T extends FieldType>(
  type: T,
  value: DefaultOf<T>,
  doc: string,
  options: FieldOptions & { readonly reason?: string } = {},
): Field<T, Defaulted> {
  const presence = { kind: 'default', value, reason: options.reason ?? null } as const;
  return { type, doc, presence, plan: options.plan ?? null };
}

export const NO_FIELDS = {} as const satisfies FieldTable;

/** A variant written as a call: `adamw(learning_rate: 1e-4)`. */
export function callVariant<const A extends FieldTable>(
  doc: string,
  argumentsTable: A,
  positional: (keyof A & string) | null = null,
): Variant<A, typeof NO_FIELDS> {
  return { doc, positional, arguments: argumentsTable, settings: NO_FIELDS };
}

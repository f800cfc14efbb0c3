import type { Field, FieldTable, VariantTable } from '../fields/field.ts';

/** Names come from users: `constructor` is no field of any table. */

export function fieldOf(table: FieldTable, name: string): Field | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

export function variantOf<V extends VariantTable>(variants: V, name: string): V[keyof V] | undefined {
  return Object.hasOwn(variants, name) ? variants[name as keyof V] : undefined;
}

import type { BoundBody, BoundRecord, BoundTable, BoundValue } from '../bind/bound.ts';

/** Layers → one body. Settings override by name, blocks merge, a block of another variant and a list replace. */
export function mergeBodies(base: BoundBody, over: BoundBody): BoundBody {
  return {
    table: mergeTables(base.table, over.table),
    sweep: over.sweep ?? base.sweep,
    expectations: over.expectations.length > 0 ? over.expectations : base.expectations,
    incomplete: base.incomplete || over.incomplete,
  };
}

export function mergeTables(base: BoundTable, over: BoundTable): BoundTable {
  const merged = new Map(base);
  for (const [name, value] of over) merged.set(name, mergeValues(merged.get(name), value));
  return merged;
}

function mergeValues(base: BoundValue | undefined, over: BoundValue): BoundValue {
  if (base?.kind !== 'record' || over.kind !== 'record' || over.replaces) return over;
  if (over.variant !== null && over.variant !== base.variant) return over;
  const merged: BoundRecord = {
    ...base,
    arguments: mergeTables(base.arguments, over.arguments),
    settings: mergeTables(base.settings, over.settings),
    incomplete: base.incomplete || over.incomplete,
  };
  return merged;
}

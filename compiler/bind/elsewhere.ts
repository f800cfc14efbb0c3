import { nearestName } from '../../dsl/edit-distance.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import type { FieldTable, FieldType } from '../fields/field.ts';

/** Where in an experiment a name is valid, derived from the tables: `epochs` belongs in `schedule`. */

type Place = string;

let index: ReadonlyMap<string, readonly Place[]> | null = null;

function collect(into: Map<string, Place[]>, table: FieldTable, place: Place): void {
  for (const [name, field] of Object.entries(table)) {
    const places = into.get(name) ?? [];
    if (!places.includes(place)) into.set(name, [...places, place]);
    collectType(into, field.type, name);
  }
}

function collectType(into: Map<string, Place[]>, type: FieldType, place: Place): void {
  if (type.kind === 'group') collect(into, type.fields, place);
  if (type.kind === 'blockChoice') collect(into, type.common, place);
  if (type.kind === 'blockChoice' || type.kind === 'callChoice' || type.kind === 'callList') {
    for (const [name, variant] of Object.entries(type.variants)) {
      if (type.kind === 'callList') into.set(name, [...(into.get(name) ?? []), place]);
      const label = type.kind === 'blockChoice' ? `${place} ${name}` : name;
      collect(into, variant.settings, label);
      collect(into, variant.arguments, label);
    }
  }
}

/** The blocks and calls in which `name` is valid; `experiment` for its own settings. */
export function placesOf(name: string): readonly Place[] {
  if (index === null) {
    const places = new Map<string, Place[]>();
    collect(places, EXPERIMENT, 'the experiment');
    index = places;
  }
  return index.get(name) ?? [];
}

let latest: { readonly name: string; readonly near: string | null } | null = null;

/** The nearest of all names that are valid somewhere. A sweep asks for the same name once for each of its runs. */
export function nearestElsewhere(name: string): string | null {
  if (latest?.name !== name) {
    placesOf('');
    latest = { name, near: nearestName(name, index?.keys() ?? []) };
  }
  return latest.near;
}

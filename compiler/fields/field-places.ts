import { camelCase, snakeCase } from './case.ts';
import { EXPERIMENT } from './experiment.ts';
import type { Field, FieldTable, FieldType } from './field.ts';

/** Where a field of the experiment stands, in a file and in a plan. */
export interface FieldPlace {
  /** As `--set` names it: `schedule.validate`, `dataset.root`. */
  readonly written: string;
  /** As the plan names it, in snake_case: `schedule.validate_every_epochs`, `dataset.source.root`. */
  readonly planned: string;
  /** The model, layout or call that has it; null where it does not depend on one. */
  readonly variant: string | null;
  readonly field: Field;
}

let places: readonly FieldPlace[] | null = null;

/** Every field; entries of lists of calls (`augment`) are not told apart. */
export function fieldPlaces(): readonly FieldPlace[] {
  places ??= placesIn(EXPERIMENT, '', '', null);
  return places;
}

/** The field at a path, named either way; of several variants that have it, `variants` says which is meant. */
export function fieldAt(path: string, variants: ReadonlySet<string>): FieldPlace | undefined {
  const found = fieldPlaces().filter(({ written, planned }) => written === path || planned === path);
  return found.find(({ variant }) => variant === null || variants.has(variant)) ?? found[0];
}

/** The paths by which `--set` reaches settings of a name: `epochs` → `schedule.epochs`. */
export function pathsTo(name: string): readonly string[] {
  return [...new Set(fieldPlaces().map(({ written }) => written))].filter((path) => path.split('.').at(-1) === name);
}

/** As the plan and `--accept` name a setting that a file writes so: `schedule.validate` → `schedule.validate_every_epochs`. */
export function plannedName(written: string): string {
  return fieldPlaces().find((place) => place.written === written)?.planned ?? written;
}

/** The field that a file calls otherwise than the plan, by its name in the plan; undefined where both call it so. */
export function fieldOfPlannedName(planned: string): FieldPlace | undefined {
  const places = fieldPlaces();
  return places.some(({ written }) => written === planned)
    ? undefined
    : places.find((place) => place.planned === planned);
}

function placesIn(table: FieldTable, written: string, planned: string, variant: string | null): readonly FieldPlace[] {
  return Object.entries(table).flatMap(([name, field]) => {
    const place: FieldPlace = {
      written: `${written}${name}`,
      planned: `${planned}${(field.plan ?? camelCase(name)).split('.').map(snakeCase).join('.')}`,
      variant,
      field,
    };
    return [place, ...placesBelow(field.type, place)];
  });
}

function placesBelow(type: FieldType, { written, planned, variant }: FieldPlace): readonly FieldPlace[] {
  const below = (table: FieldTable, of: string | null) => placesIn(table, `${written}.`, `${planned}.`, of);
  switch (type.kind) {
    case 'scalar':
    case 'callList':
      return [];
    case 'group':
      return below(type.fields, variant);
    case 'callChoice':
    case 'blockChoice': {
      const common = type.kind === 'blockChoice' ? below(type.common, variant) : [];
      const own = Object.entries(type.variants).flatMap(([name, { arguments: given, settings }]) => [
        ...below(given, name),
        ...below(settings, name),
      ]);
      return [...common, ...own];
    }
  }
}

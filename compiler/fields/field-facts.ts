import { assertNever } from '../../dsl/assert-never.ts';
import { quotedList } from '../names.ts';
import type { Field, FieldTable, FieldType, Variant } from './field.ts';
import { writeDefault } from './write-value.ts';

/** What a person wants to know of a field, as text: for completion, hover and the reference. */
export interface FieldFacts {
  readonly doc: string;
  /** `a whole number` */
  readonly type: string;
  readonly unit: string | null;
  readonly constraint: string | null;
  readonly required: boolean;
  /** As it would be written; null where there is none. */
  readonly default: string | null;
  /** Why that default. */
  readonly reason: string | null;
  readonly example: string;
}

export function fieldFacts(name: string, field: Field): FieldFacts {
  const { type, presence, doc } = field;
  return {
    doc,
    type: describeType(type),
    unit: type.kind === 'scalar' ? (type.unit ?? null) : null,
    constraint: type.kind === 'scalar' ? (type.constraint ?? null) : null,
    required: presence.kind === 'required',
    default: writeDefault(field),
    reason: presence.kind === 'default' ? presence.reason : null,
    example: exampleOf(name, type),
  };
}

function describeType(type: FieldType): string {
  switch (type.kind) {
    case 'scalar':
      return type.describe;
    case 'callChoice':
      return quotedList(Object.keys(type.variants));
    case 'blockChoice':
      return `a block: ${quotedList(Object.keys(type.variants))}`;
    case 'group':
      return 'a block of settings';
    case 'callList':
      return `a block that lists ${quotedList(Object.keys(type.variants))}`;
    default:
      return assertNever(type);
  }
}

/** How a field is written. */
export function exampleOf(name: string, type: FieldType): string {
  switch (type.kind) {
    case 'scalar':
      return `${name}: ${type.example}`;
    case 'group':
      return `${name} { ${requiredOf(type.fields).join('  ') || '…'} }`;
    case 'callList':
      return `${name} { ${callExample(firstOf(type.variants), '()')} }`;
    case 'callChoice':
      return `${name}: ${callExample(firstOf(type.variants))}`;
    case 'blockChoice': {
      const [variant, definition] = firstOf(type.variants);
      const settings = requiredOf({ ...type.common, ...definition.settings });
      return `${name} ${callExample([variant, definition])} { ${settings.join('  ') || '…'} }`;
    }
    default:
      return assertNever(type);
  }
}

/**
 * `flip(probability: 50%)`: with the arguments that have to be given.
 *
 * @param none what stands for no arguments
 */
function callExample([name, { arguments: table, positional }]: readonly [string, Variant], none = ''): string {
  const given = Object.entries(table).flatMap(([argument, { type, presence }]) => {
    if (presence.kind !== 'required' || type.kind !== 'scalar') return [];
    return [argument === positional ? type.example : `${argument}: ${type.example}`];
  });
  return `${name}${given.length === 0 ? none : `(${given.join(', ')})`}`;
}

function requiredOf(fields: FieldTable): readonly string[] {
  return Object.entries(fields)
    .filter(([, { presence }]) => presence.kind === 'required')
    .map(([name, { type }]) => exampleOf(name, type));
}

function firstOf(variants: Readonly<Record<string, Variant>>): readonly [string, Variant] {
  const [first] = Object.entries(variants);
  if (first === undefined) throw new RangeError('a choice has at least one variant');
  return first;
}

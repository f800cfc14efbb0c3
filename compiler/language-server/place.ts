import * as T from '../../dsl/tokens.ts';
import { fieldOf, variantOf } from '../bind/lookup.ts';
import { ENVIRONMENT } from '../fields/environment.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import type { BlockChoice, CallList, Field, FieldTable, Group, VariantTable } from '../fields/field.ts';
import { SWEEP, SWEEP_SETTINGS } from '../fields/sweep.ts';
import type { LanguageDocument } from './document.ts';
import { type Frame, surroundingsOf } from './surroundings.ts';

/** What a place in the text is for: which names and values are valid there. */
export type Place =
  | { readonly kind: 'nothing' }
  /** A statement begins here. */
  | { readonly kind: 'statement'; readonly scope: FileScope | MembersScope; readonly taken: ReadonlySet<string> }
  | { readonly kind: 'value'; readonly name: string; readonly field: Field; readonly owner: Owner; readonly path: Path }
  /** In the middle of a phrase: after `patience 20 epochs on`. */
  | { readonly kind: 'phrase'; readonly before: string }
  | { readonly kind: 'argument'; readonly scope: ArgumentsScope; readonly taken: ReadonlySet<string> }
  /** After `model`, `dataset`, `schedule`: a variant, or a block by its name. */
  | { readonly kind: 'variant'; readonly keyword: string; readonly type: BlockChoice | Group | CallList }
  | { readonly kind: 'environment' | 'experiment' | 'profile' | 'metric' | 'parameterType' | 'import' | 'newName' }
  | { readonly kind: 'parameterValue'; readonly type: string }
  /** In `sweep { … }`: the path of a setting, or a parameter. */
  | { readonly kind: 'axis'; readonly taken: ReadonlySet<string> };

/** In whose layer a value stands. */
export interface Owner {
  readonly experiment: string | null;
  readonly profile: string | null;
}

/** The names of fields that lead from an experiment to a value: `['optimizer', 'learning_rate']`; null elsewhere. */
export type Path = readonly string[] | null;

interface FileScope {
  readonly kind: 'file';
}

export interface MembersScope {
  readonly kind: 'members';
  readonly what: 'experiment' | 'profile' | 'environment' | 'block';
  readonly table: FieldTable;
  /** What a block such as `augment` lists. */
  readonly calls: VariantTable;
  readonly owner: Owner;
  readonly path: Path;
}

interface ArgumentsScope {
  readonly kind: 'arguments';
  readonly table: FieldTable;
  readonly positional: string | null;
  readonly owner: Owner;
  readonly path: Path;
}

interface ListScope {
  readonly kind: 'list';
  readonly name: string;
  readonly field: Field;
  readonly owner: Owner;
  readonly path: Path;
}

type Scope =
  | FileScope
  | MembersScope
  | ArgumentsScope
  | ListScope
  | { readonly kind: 'sweep' }
  | { readonly kind: 'unknown' };

const NOWHERE: Owner = { experiment: null, profile: null };
const NOTHING: Place = { kind: 'nothing' };
const UNKNOWN = { kind: 'unknown' } as const;
/** What a sweep says of itself is read where arguments are: beside the paths that it varies. */
const SWEEP_SCOPE: ArgumentsScope = {
  kind: 'arguments',
  table: SWEEP_SETTINGS,
  positional: null,
  owner: NOWHERE,
  path: null,
};

/** @param at where the word begins that is, or would be, there */
export function placeAt(document: LanguageDocument, at: number): Place {
  const { frames, statement, inside } = surroundingsOf(document.syntax, at);
  if (inside === 'comment') return NOTHING;
  const scope = frames.reduce<Scope>((outer, frame) => enter(document, outer, frame), { kind: 'file' });
  const taken = frames[frames.length - 1]?.names ?? new Set();
  const [first, second, third] = statement;
  const words = statement.map((token) => token.image);
  if (inside === 'string') return first?.image === 'import' && scope.kind === 'file' ? { kind: 'import' } : NOTHING;
  switch (scope.kind) {
    case 'unknown':
      return NOTHING;
    case 'sweep':
      if (statement.length === 0) return { kind: 'axis', taken };
      if (second?.tokenType !== T.Colon || !Object.hasOwn(SWEEP_SETTINGS, first?.image ?? '')) return NOTHING;
      return valuePlace(SWEEP_SCOPE, first?.image ?? '', statement.slice(2));
    case 'list':
      return statement.length === 0 ? { ...scope, kind: 'value' } : NOTHING;
    case 'arguments': {
      if (statement.length === 0) return { kind: 'argument', scope, taken };
      return second?.tokenType === T.Colon ? valuePlace(scope, first?.image ?? '', statement.slice(2)) : NOTHING;
    }
    case 'file':
    case 'members': {
      if (first === undefined) return { kind: 'statement', scope, taken };
      if (first.image === 'expect' && second?.tokenType !== T.Colon) {
        return statement.length === 1 ? { kind: 'metric' } : NOTHING;
      }
      if (scope.kind === 'members' && (second?.tokenType === T.Colon || second?.tokenType === T.Equals)) {
        return valuePlace(scope, first.image, statement.slice(2));
      }
      if (first.image === 'param') {
        if (third?.tokenType === T.Colon && statement.length === 3) return { kind: 'parameterType' };
        return words[words.length - 1] === '=' ? { kind: 'parameterValue', type: words[3] ?? '' } : NOTHING;
      }
      if (words[words.length - 1] === 'on') return { kind: 'environment' };
      if (words[words.length - 1] === 'extends') return { kind: 'experiment' };
      if (first.image === 'profile') return statement.length === 1 ? { kind: 'profile' } : NOTHING;
      return headerPlace(scope, words);
    }
  }
}

function headerPlace(scope: FileScope | MembersScope, words: readonly string[]): Place {
  const [keyword = ''] = words;
  const type = fieldOf(scope.kind === 'file' ? EXPERIMENT : scope.table, keyword)?.type;
  if (type === undefined || type.kind === 'scalar' || type.kind === 'callChoice') return NOTHING;
  // Outside of an experiment the first word is the block's own name.
  if (scope.kind === 'file' && words.length === 1) return { kind: 'newName' };
  return words.length === (scope.kind === 'file' ? 2 : 1) ? { kind: 'variant', keyword, type } : NOTHING;
}

function valuePlace(scope: MembersScope | ArgumentsScope, name: string, before: readonly T.Token[]): Place {
  const field = fieldOf(scope.table, name);
  if (before.length > 0) return { kind: 'phrase', before: before[before.length - 1]?.image ?? '' };
  if (field === undefined) return NOTHING;
  return { kind: 'value', name, field, owner: scope.owner, path: extend(scope.path, name) };
}

function extend(path: Path, name: string): Path {
  return path === null ? null : [...path, name];
}

/** What the inside of a bracket is for, from what the outside is for and what stands before the bracket. */
function enter(document: LanguageDocument, outer: Scope, { bracket, header }: Frame): Scope {
  if (outer.kind === 'sweep') {
    const field = fieldOf(SWEEP_SETTINGS, header[0]?.image ?? '');
    return field === undefined || bracket !== '(' ? UNKNOWN : callIn(field, header, NOWHERE, null);
  }
  if (outer.kind === 'unknown') return UNKNOWN;
  if (outer.kind === 'list') return bracket === '(' ? callIn(outer.field, header, outer.owner, null) : UNKNOWN;
  if (bracket === '{') return outer.kind === 'arguments' ? UNKNOWN : enterBlock(document, outer, header);
  const [first, second] = header;
  if (outer.kind !== 'file' && second?.tokenType === T.Colon) {
    const name = first?.image ?? '';
    const field = fieldOf(outer.table, name);
    if (field === undefined) return UNKNOWN;
    const path = extend(outer.path, name);
    return bracket === '['
      ? { kind: 'list', name, field, owner: outer.owner, path }
      : callIn(field, header, outer.owner, path);
  }
  if (bracket !== '(') return UNKNOWN;
  if (outer.kind === 'arguments') {
    const field = outer.positional === null ? undefined : fieldOf(outer.table, outer.positional);
    return field === undefined ? UNKNOWN : callIn(field, header, outer.owner, null);
  }
  if (outer.kind === 'members' && header.length === 1) {
    return argumentsOf(variantOf(outer.calls, first?.image ?? ''), outer.owner, null);
  }
  const keyword = first?.image ?? '';
  if (keyword === 'sweep') return argumentsOf(variantOf(SWEEP.variants, calleeOf(header)), NOWHERE, null);
  const field = fieldOf(outer.kind === 'file' ? EXPERIMENT : outer.table, keyword);
  if (field?.type.kind !== 'blockChoice') return UNKNOWN;
  const owner = outer.kind === 'file' ? NOWHERE : outer.owner;
  const path = outer.kind === 'file' ? null : extend(outer.path, keyword);
  return argumentsOf(variantOf(field.type.variants, calleeOf(header)), owner, path);
}

/** The arguments of `adamw(…)`, `surface_dice(…)` where a field's value is a call. */
function callIn({ type }: Field, header: readonly T.Token[], owner: Owner, path: Path): Scope {
  const callee = calleeOf(header);
  if (type.kind === 'callChoice') return argumentsOf(variantOf(type.variants, callee), owner, path);
  const callables = type.kind === 'scalar' ? type.callables : undefined;
  const called = callables !== undefined && Object.hasOwn(callables, callee) ? callables[callee] : undefined;
  return called === undefined ? UNKNOWN : argumentsOf({ ...called, positional: null }, owner, null);
}

function calleeOf(header: readonly T.Token[]): string {
  return header[header.length - 1]?.image ?? '';
}

function argumentsOf(
  variant: { readonly arguments: FieldTable; readonly positional: string | null } | undefined,
  owner: Owner,
  path: Path,
): Scope {
  if (variant === undefined) return UNKNOWN;
  return { kind: 'arguments', table: variant.arguments, positional: variant.positional, owner, path };
}

function enterBlock(document: LanguageDocument, outer: FileScope | MembersScope, header: readonly T.Token[]): Scope {
  const words = header.map((token) => token.image);
  const [keyword = '', name = ''] = words;
  const members = { kind: 'members', calls: {}, path: [] as Path } as const;
  if (outer.kind === 'file' && keyword === 'experiment') {
    return { ...members, what: 'experiment', table: EXPERIMENT, owner: { experiment: name, profile: null } };
  }
  if (outer.kind === 'file' && keyword === 'environment') {
    return { ...members, what: 'environment', table: ENVIRONMENT.fields, owner: NOWHERE, path: null };
  }
  const isExperiment = outer.kind === 'members' && outer.what === 'experiment';
  if (keyword === 'profile' && (outer.kind === 'file' || isExperiment)) {
    const owner = { experiment: outer.kind === 'file' ? null : outer.owner.experiment, profile: name };
    return { ...members, what: 'profile', table: EXPERIMENT, owner, path: outer.kind === 'file' ? null : [] };
  }
  if (keyword === 'sweep') return { kind: 'sweep' };
  const field = fieldOf(outer.kind === 'file' ? EXPERIMENT : outer.table, keyword);
  if (field === undefined) return UNKNOWN;
  const { type } = field;
  const inside =
    outer.kind === 'file' ? { owner: NOWHERE, path: null } : { owner: outer.owner, path: extend(outer.path, keyword) };
  const block = { ...members, ...inside, what: 'block' } as const;
  switch (type.kind) {
    case 'group':
      return { ...block, table: type.fields };
    case 'callList':
      return { ...block, table: {}, calls: type.variants };
    case 'blockChoice':
      return {
        ...block,
        table: { ...type.common, ...settingsOf(document, type, keyword, words.slice(1), inside.owner) },
      };
    case 'scalar':
    case 'callChoice':
      return UNKNOWN;
  }
}

/** The settings of the block's variant: written, that of a named block, or that of the experiment it adds to. */
function settingsOf(
  { analysis: { bound } }: LanguageDocument,
  type: BlockChoice,
  keyword: string,
  words: readonly string[],
  owner: Owner,
): FieldTable {
  const written = words.find((word) => variantOf(type.variants, word) !== undefined);
  const named = words.map((word) => bound.scope.blocks.find(type, word)).find((block) => block !== undefined);
  const inherited = bound.experiments.get(owner.experiment ?? '')?.body.table.get(keyword);
  const model = named ?? inherited;
  const name = written ?? (model?.kind === 'record' ? model.variant : null);
  return (name === null ? undefined : variantOf(type.variants, name))?.settings ?? {};
}

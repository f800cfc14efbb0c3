import { assertNever } from '../../dsl/assert-never.ts';
import type { Span } from '../../dsl/source.ts';
import { PARAMETER_TYPES } from '../bind/parameters.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import type { Field, FieldTable } from '../fields/field.ts';
import { fieldFacts } from '../fields/field-facts.ts';
import { fieldPlaces } from '../fields/field-places.ts';
import { METRICS } from '../fields/metrics.ts';
import { SWEEP_SETTINGS } from '../fields/sweep.ts';
import { writeDefault } from '../fields/write-value.ts';
import { describeEnvironment, describeField, describeMetric, describeVariant } from './describe.ts';
import type { LanguageDocument } from './document.ts';
import { type MembersScope, type Place, placeAt } from './place.ts';
import { argumentSnippet, callSnippet, escapeSnippet, fieldSnippets } from './snippets.ts';
import { STATEMENTS } from './statements.ts';
import { typedWord } from './words.ts';

export type CompletionKind =
  | 'setting'
  | 'block'
  | 'call'
  | 'value'
  | 'statement'
  | 'parameter'
  | 'environment'
  | 'profile'
  | 'experiment'
  | 'metric'
  | 'file';

export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /** In a few words, beside the label. */
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string;
  /** In the syntax of editor snippets. */
  readonly snippet: string;
  /** What it replaces. */
  readonly span: Span;
}

type Suggestion = Omit<Completion, 'span'>;

/**
 * What may stand at a place, the most probable first.
 *
 * @param files finds what an import may name, relative to the file
 */
export function completionsAt(
  document: LanguageDocument,
  offset: number,
  files: () => readonly string[] = () => [],
): readonly Completion[] {
  const { source } = document;
  const word = typedWord(source, offset);
  // A number is being typed, of which nobody needs the rest.
  if (/^[\d.]/.test(source.text.slice(word.start, offset))) return [];
  const place = placeAt(document, word.start);
  if (place.kind === 'import') return importCompletions(document, offset, files());
  const follows = /^[ \t]*[:({]/.test(source.text.slice(word.end));
  const suggestions = suggestionsFor(document, place);
  return suggestions.map((suggestion) => ({
    ...suggestion,
    // What follows the name is there already.
    snippet: follows ? escapeSnippet(suggestion.label) : suggestion.snippet,
    span: word,
  }));
}

function suggestionsFor(document: LanguageDocument, place: Place): readonly Suggestion[] {
  switch (place.kind) {
    case 'nothing':
    case 'newName':
    case 'import':
      return [];
    case 'statement':
      return place.scope.kind === 'file' ? fileStatements() : memberStatements(place.scope, place.taken);
    case 'argument': {
      const { table, positional } = place.scope;
      const free = Object.entries(table).filter(([name]) => !place.taken.has(name));
      const first = positional === null || place.taken.size > 0 ? undefined : table[positional];
      return [
        ...free.map(([name, field]) => argument(name, field)),
        ...(first === undefined ? [] : values(document, positional ?? '', first)),
      ];
    }
    case 'value':
      return values(document, place.name, place.field);
    case 'phrase':
      return place.before === 'on' ? metrics() : [];
    case 'variant':
      return [...variants(place), ...namedBlocks(document, place)];
    case 'environment':
      return environments(document);
    case 'experiment':
      return [...document.analysis.bound.experiments.keys()].map((name) => plain(name, 'experiment', 'experiment'));
    case 'profile':
      return profileNames(document).map((name) => plain(name, 'profile', 'profile of the experiment or of every file'));
    case 'metric':
      return metrics();
    case 'parameterType':
      return PARAMETER_TYPES.map((type) => plain(type, 'value', 'type of a parameter'));
    case 'parameterValue':
      return place.type === 'boolean' ? ['true', 'false'].map((word) => plain(word, 'value', '')) : [];
    case 'axis':
      return [...sweepSettings(), ...axes(), ...parameters(document)].filter(({ label }) => !place.taken.has(label));
    default:
      return assertNever(place);
  }
}

function plain(label: string, kind: CompletionKind, detail: string, documentation = ''): Suggestion {
  return { label, kind, detail, documentation, snippet: escapeSnippet(label) };
}

function statements(place: 'file' | 'experiment' | 'profile'): readonly Suggestion[] {
  return Object.entries(STATEMENTS)
    .filter(([, { places }]) => places.includes(place))
    .map(([label, { doc, snippet }]) => ({ label, kind: 'statement', detail: '', documentation: doc, snippet }));
}

/** Blocks with a name of their own, for experiments to use. */
function fileStatements(): readonly Suggestion[] {
  const blocks = Object.entries(EXPERIMENT).flatMap(([name, field]): Suggestion[] => {
    if (field.type.kind === 'scalar' || field.type.kind === 'callChoice') return [];
    return fieldSnippets(name, field).map(({ label, text }) => ({
      label,
      kind: 'block',
      detail: 'with a name, for experiments to use',
      documentation: describeField(name, field),
      snippet: text.replace(name, `${name} \${99:name}`),
    }));
  });
  return [...statements('file'), ...blocks];
}

function memberStatements(scope: MembersScope, taken: ReadonlySet<string>): readonly Suggestion[] {
  const settings = Object.entries(scope.table)
    .filter(([name]) => !taken.has(name))
    .flatMap(([name, field]) => setting(name, field));
  const calls = Object.entries(scope.calls).map(([name, variant]) => call(name, variant, '()'));
  const around = scope.what === 'experiment' || scope.what === 'profile' ? statements(scope.what) : [];
  return [...requiredFirst(settings, scope.table), ...calls, ...around];
}

function requiredFirst(suggestions: readonly Suggestion[], table: FieldTable): readonly Suggestion[] {
  const isRequired = ({ label }: Suggestion) => table[label.split(' ', 1)[0] ?? '']?.presence.kind === 'required';
  return [...suggestions.filter(isRequired), ...suggestions.filter((suggestion) => !isRequired(suggestion))];
}

function setting(name: string, field: Field): readonly Suggestion[] {
  const documentation = describeField(name, field);
  const detail = detailOf(name, field);
  const kind = field.type.kind === 'scalar' || field.type.kind === 'callChoice' ? 'setting' : 'block';
  return fieldSnippets(name, field).map(({ label, text }) => ({ label, kind, detail, documentation, snippet: text }));
}

function sweepSettings(): readonly Suggestion[] {
  return Object.entries(SWEEP_SETTINGS).flatMap(([name, field]) => setting(name, field));
}

function detailOf(name: string, field: Field): string {
  const { type, required, default: value } = fieldFacts(name, field);
  if (required) return `${type}, required`;
  return value === null ? type : `${type}, default ${value}`;
}

function argument(name: string, field: Field): Suggestion {
  const documentation = describeField(name, field);
  return {
    label: name,
    kind: 'setting',
    detail: detailOf(name, field),
    documentation,
    snippet: argumentSnippet(name, field),
  };
}

type VariantLike = Parameters<typeof callSnippet>[1] & { readonly doc: string };

function call(name: string, variant: VariantLike, none: '' | '()' = ''): Suggestion {
  const documentation = describeVariant(name, variant);
  return { label: name, kind: 'call', detail: '', documentation, snippet: callSnippet(name, variant, none) };
}

function values(document: LanguageDocument, name: string, field: Field): readonly Suggestion[] {
  const { type } = field;
  switch (type.kind) {
    case 'callChoice':
      return Object.entries(type.variants).map(([variant, definition]) => call(variant, definition));
    case 'scalar': {
      const { words, callables = {} } = type;
      const named = words.map((word) => {
        const callable = Object.hasOwn(callables, word) ? callables[word] : undefined;
        if (callable !== undefined) return call(word, callable);
        return plain(word, 'value', word === writeDefault(field) ? 'default' : '', describeField(name, field));
      });
      const example = plain(type.example, 'value', 'example', describeField(name, field));
      const isMetric = /^(?:val|test|train)\./.test(type.example);
      return [
        ...(isMetric ? metrics() : named),
        ...(named.length === 0 && !isMetric ? [example] : []),
        ...parameters(document),
        ...(type.textual ? [FROM_OUTSIDE] : []),
      ];
    }
    case 'blockChoice':
    case 'group':
    case 'callList':
      return [];
    default:
      return assertNever(type);
  }
}

const FROM_OUTSIDE: Suggestion = {
  label: 'env',
  kind: 'call',
  detail: '',
  documentation: 'A variable of the environment, and what to take where it is not set.',
  snippet: 'env("${1:DATA_ROOT}", "${2:data}")',
};

function parameters({ analysis }: LanguageDocument): readonly Suggestion[] {
  return [...analysis.bound.parameters.keys()].map((name) => plain(name, 'parameter', 'parameter'));
}

function variants({ keyword, type }: Extract<Place, { kind: 'variant' }>): readonly Suggestion[] {
  if (type.kind !== 'blockChoice') return [];
  const field: Field = { type, doc: '', presence: { kind: 'optional' }, plan: null };
  const snippets = fieldSnippets(keyword, field);
  return Object.entries(type.variants).map(([label, variant], index) => ({
    label,
    kind: 'call',
    detail: type.noun,
    documentation: describeVariant(label, variant),
    snippet: snippets[index]?.text.slice(keyword.length + 1) ?? label,
  }));
}

function namedBlocks({ analysis }: LanguageDocument, { keyword, type }: Extract<Place, { kind: 'variant' }>) {
  return analysis.bound.scope.blocks.names(type).map((name) => plain(name, 'block', `the \`${keyword}\` of that name`));
}

function environments({ analysis }: LanguageDocument): readonly Suggestion[] {
  return [...analysis.bound.environments].map(([name, environment]) =>
    environment === null
      ? plain(name, 'environment', 'has a mistake')
      : plain(name, 'environment', environment.values.gpu?.name ?? 'no GPU', describeEnvironment(environment)),
  );
}

function profileNames({ analysis }: LanguageDocument): readonly string[] {
  return [...new Set([...analysis.bound.experiments.values()].flatMap(({ profiles }) => [...profiles.keys()]))];
}

function metrics(): readonly Suggestion[] {
  const names = [
    ...['val', 'test'].flatMap((set) => Object.keys(METRICS).map((name) => `${set}.${name}`)),
    'train.loss',
  ];
  return names.map((name) => plain(name, 'metric', '', describeMetric(name) ?? ''));
}

/** Every setting that a sweep can vary, by its dotted path; once, whichever variants have it. */
function axes(): readonly Suggestion[] {
  const byPath = new Map(fieldPlaces().map(({ written, field }) => [written, field]));
  return [...byPath].flatMap(([path, field]): Suggestion[] => {
    if (field.type.kind !== 'scalar') return [];
    const snippet = `${path}: [\${1:${escapeSnippet(field.type.example)}}]`;
    const documentation = describeField(path, field);
    return [{ label: path, kind: 'setting', detail: detailOf(path, field), documentation, snippet }];
  });
}

function importCompletions(
  { source }: LanguageDocument,
  offset: number,
  files: readonly string[],
): readonly Completion[] {
  const quote = source.text.lastIndexOf('"', offset - 1);
  const rest = /^[^"\n\r]*/.exec(source.text.slice(offset))?.[0].length ?? 0;
  const span = { file: source, start: quote + 1, end: offset + rest };
  return files.map((path) => ({ ...plain(path, 'file', ''), span }));
}

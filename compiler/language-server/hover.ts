import { assertNever } from '../../dsl/assert-never.ts';
import type { Span } from '../../dsl/source.ts';
import { fieldOf, variantOf } from '../bind/lookup.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import type { Field } from '../fields/field.ts';
import { fieldAt } from '../fields/field-places.ts';
import { SWEEP_SETTINGS } from '../fields/sweep.ts';
import { describeExpression } from '../fields/values/describe.ts';
import { describeEnvironment, describeField, describeMetric, describeVariant } from './describe.ts';
import type { LanguageDocument } from './document.ts';
import { type Owner, type Path, type Place, placeAt } from './place.ts';
import { resolvedValues } from './resolved-values.ts';
import { STATEMENTS } from './statements.ts';
import { wordAt } from './words.ts';

export interface Hover {
  readonly span: Span;
  /** Markdown. */
  readonly text: string;
}

/** What the word under the pointer means, takes and comes to. */
export function hoverAt(document: LanguageDocument, offset: number): Hover | null {
  const span = wordAt(document.source, offset);
  const word = document.source.text.slice(span.start, span.end);
  if (word === '') return null;
  const text = describe(document, placeAt(document, span.start), word);
  return text === null ? null : { span, text };
}

function describe(document: LanguageDocument, place: Place, word: string): string | null {
  const { bound } = document.analysis;
  switch (place.kind) {
    case 'nothing':
    case 'import':
    case 'newName':
    case 'parameterType':
    case 'parameterValue':
      return null;
    case 'statement': {
      const { scope } = place;
      const field = fieldOf(scope.kind === 'file' ? EXPERIMENT : scope.table, word);
      if (field !== undefined) {
        const path = scope.kind === 'file' || scope.path === null ? null : [...scope.path, word];
        return withValues(document, word, field, scope.kind === 'file' ? NOBODY : scope.owner, path);
      }
      const call = scope.kind === 'file' ? undefined : variantOf(scope.calls, word);
      if (call !== undefined) return describeVariant(word, call);
      return Object.hasOwn(STATEMENTS, word) ? (STATEMENTS[word]?.doc ?? null) : null;
    }
    case 'argument': {
      const { table, owner, path } = place.scope;
      const field = fieldOf(table, word);
      return field === undefined
        ? null
        : withValues(document, word, field, owner, path === null ? null : [...path, word]);
    }
    case 'value':
      return describeValue(document, place, word);
    case 'phrase':
    case 'metric':
      return describeMetric(word);
    case 'variant': {
      const variant = place.type.kind === 'blockChoice' ? variantOf(place.type.variants, word) : undefined;
      return variant === undefined ? null : describeVariant(word, variant);
    }
    case 'environment': {
      const environment = bound.environments.get(word);
      return environment == null ? null : describeEnvironment(environment);
    }
    case 'experiment':
    case 'profile':
      return null;
    case 'axis': {
      const field = fieldOf(SWEEP_SETTINGS, word) ?? fieldAt(word, new Set())?.field;
      return field === undefined ? describeParameter(document, word) : describeField(word, field);
    }
    default:
      return assertNever(place);
  }
}

const NOBODY: Owner = { experiment: null, profile: null };

function describeValue(document: LanguageDocument, place: Extract<Place, { kind: 'value' }>, word: string): string {
  const { name, field, owner, path } = place;
  const { type } = field;
  const variant = type.kind === 'callChoice' ? variantOf(type.variants, word) : undefined;
  if (variant !== undefined) return describeVariant(word, variant);
  const callables = type.kind === 'scalar' ? (type.callables ?? {}) : {};
  const callable = Object.hasOwn(callables, word) ? callables[word] : undefined;
  if (callable !== undefined) return describeVariant(word, callable);
  return describeMetric(word) ?? describeParameter(document, word) ?? withValues(document, name, field, owner, path);
}

function describeParameter({ analysis }: LanguageDocument, name: string): string | null {
  const value = analysis.bound.parameters.get(name);
  if (value === undefined) return null;
  const shown =
    value === null ? 'without a value' : `\`${value.span.file.text.slice(value.span.start, value.span.end)}\``;
  return `parameter \`${name}\`, ${value === null ? shown : `${describeExpression(value)}: ${shown}`}`;
}

/** The field, and what it comes to under each profile. */
function withValues(document: LanguageDocument, name: string, field: Field, owner: Owner, path: Path): string {
  const text = describeField(name, field);
  if (path === null || owner.experiment === null) return text;
  const values = resolvedValues(document, owner.experiment, path);
  if (values.length === 0) return text;
  const rows = values.map(({ profile, text: value, origin }) => {
    const cells = [profile === null ? '*as it stands*' : `\`${profile}\``, `\`${value}\``, origin];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [text, ['| profile | value | from |', '| --- | --- | --- |', ...rows].join('\n')].join('\n\n');
}

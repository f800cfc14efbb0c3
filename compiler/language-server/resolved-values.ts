import { assertNever } from '../../dsl/assert-never.ts';
import { positionOf } from '../../dsl/source.ts';
import { planUnder, resolveUnder } from '../analyse.ts';
import type { BoundProfile, Written } from '../bind/bound.ts';
import { fieldOf, variantOf } from '../bind/lookup.ts';
import { camelCase } from '../fields/case.ts';
import { EXPERIMENT } from '../fields/experiment.ts';
import type { Field, FieldTable, FieldType } from '../fields/field.ts';
import { writeValue } from '../fields/write-value.ts';
import { join, type ValueOrigin } from '../resolve/resolve-table.ts';
import type { LanguageDocument } from './document.ts';

/** What a setting comes to, in one profile. */
export interface ResolvedValue {
  /** Null for the experiment as it stands. */
  readonly profile: string | null;
  /** As a file would say it. */
  readonly text: string;
  /** `line 12`, `default`, `the largest that fits …` */
  readonly origin: string;
}

/**
 * The value at a path of field names under each profile of an experiment.
 *
 * @returns nothing for a profile in which there is no such value: a setting of another model, or one that is wrong
 */
export function resolvedValues(
  { analysis, source }: LanguageDocument,
  experimentName: string,
  path: readonly string[],
): readonly ResolvedValue[] {
  const experiment = analysis.bound.experiments.get(experimentName);
  if (experiment === undefined) return [];
  const quiet = { ...analysis, diagnostics: [] };
  return [null, ...experiment.profiles.values()].flatMap((profile: BoundProfile | null) => {
    const resolved = resolveUnder(quiet, experiment, profile, []);
    const found = resolved === null ? null : valueAt(EXPERIMENT, resolved.values, path, '');
    if (resolved === null || found === null) return [];
    const name = profile?.name ?? null;
    // Only the plan knows what the planner takes of a range.
    const planFile = found.planPath === 'batchSize' && resolved.complete ? planUnder(quiet, experiment, profile) : null;
    const planned = planFile?.origins[found.planPath];
    if (planFile !== null && planned?.kind === 'planner') {
      return [{ profile: name, text: String(planFile.plan.batchSize), origin: planned.reason }];
    }
    const text = writeValue(found.field.type, found.value);
    return [{ profile: name, text, origin: describeOrigin(resolved.origins.get(found.planPath), source.path) }];
  });
}

interface Found {
  readonly field: Field;
  readonly value: unknown;
  readonly planPath: string;
}

function valueAt(
  table: FieldTable,
  values: unknown,
  [name, ...rest]: readonly string[],
  planPath: string,
): Found | null {
  const field = name === undefined ? undefined : fieldOf(table, name);
  const value = name === undefined ? undefined : propertyOf(values, camelCase(name));
  if (name === undefined || field === undefined || value === undefined) return null;
  const at = join(planPath, field.plan ?? camelCase(name));
  if (rest.length === 0) return { field, value, planPath: at };
  return valueWithin(field.type, value, rest, at);
}

function valueWithin(type: FieldType, value: unknown, path: readonly string[], planPath: string): Found | null {
  switch (type.kind) {
    case 'group':
      return valueAt(type.fields, value, path, planPath);
    case 'callChoice': {
      const variant = variantOf(type.variants, String(propertyOf(value, 'kind')));
      return variant === undefined ? null : valueAt(variant.arguments, value, path, planPath);
    }
    case 'blockChoice': {
      const variant = variantOf(type.variants, String(propertyOf(value, 'kind')));
      if (variant === undefined) return null;
      const settings = { ...type.common, ...variant.settings };
      return (
        valueAt(settings, propertyOf(value, 'settings'), path, planPath) ??
        valueAt(variant.arguments, propertyOf(value, 'arguments'), path, planPath)
      );
    }
    case 'scalar':
    case 'callList':
      return null;
    default:
      return assertNever(type);
  }
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

function describeOrigin(origin: ValueOrigin | undefined, path: string): string {
  if (origin === undefined) return '';
  switch (origin.kind) {
    case 'written':
      return describeWritten(origin.written, path);
    case 'default':
      return origin.reason === null ? 'default' : `default: ${origin.reason}`;
    case 'planner':
      return origin.reason;
    default:
      return assertNever(origin);
  }
}

function describeWritten({ span, layer }: Written, path: string): string {
  if (layer.kind === 'profile' && layer.shipped) return 'from the profile that every file has';
  const { line } = positionOf(span.file, span.start);
  return span.file.path === path ? `line ${line}` : `${span.file.path}:${line}`;
}

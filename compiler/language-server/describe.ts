import type { BoundEnvironment } from '../bind/bound.ts';
import { camelCase } from '../fields/case.ts';
import { ENVIRONMENT } from '../fields/environment.ts';
import type { Field, FieldTable, Variant } from '../fields/field.ts';
import { type FieldFacts, fieldFacts } from '../fields/field-facts.ts';
import { METRICS, metricParts } from '../fields/metrics.ts';
import { writeValue } from '../fields/write-value.ts';

/** What things are, as Markdown for hover and completion. */

export function describeField(name: string, field: Field): string {
  const facts = fieldFacts(name, field);
  return [`\`${name}\`: ${typeLine(facts)}`, facts.doc, presenceLine(facts), `Example: \`${facts.example}\``].join(
    '\n\n',
  );
}

function typeLine({ type, unit, constraint }: FieldFacts): string {
  return [type, ...(unit === null ? [] : [`in ${unit}`]), ...(constraint === null ? [] : [constraint])].join(', ');
}

function presenceLine({ required, default: value, reason }: FieldFacts): string {
  if (required) return 'Required.';
  if (value === null) return reason === null ? 'Optional.' : `Optional: ${reason}.`;
  return `Default: \`${value}\`${reason === null ? '' : ` (${reason})`}.`;
}

export function describeVariant(name: string, { doc, ...variant }: Pick<Variant, 'doc'> & Partial<Variant>): string {
  const takes = [...namesOf(variant.arguments), ...namesOf(variant.settings)];
  return [`\`${name}\``, doc, ...(takes.length === 0 ? [] : [`Takes ${takes.join(', ')}.`])].join('\n\n');
}

function namesOf(table: FieldTable = {}): readonly string[] {
  return Object.keys(table).map((name) => `\`${name}\``);
}

export function describeEnvironment({ name, values }: BoundEnvironment): string {
  const lines = Object.entries(ENVIRONMENT.fields).flatMap(([field, { type }]) => {
    const value: unknown = values[camelCase(field) as keyof typeof values];
    return value === null || value === undefined ? [] : [`- ${field}: \`${writeValue(type, value)}\``];
  });
  return [`Environment \`${name}\``, lines.join('\n')].join('\n\n');
}

/** `val.dice`; null for what is no metric of a run. */
export function describeMetric(reference: string): string | null {
  const { set, measure } = metricParts(reference);
  const where = SETS[set];
  if (where === undefined) return null;
  if (reference === 'train.loss')
    return '`train.loss`: what training minimises, averaged over an epoch. Smaller is better.';
  const metric = Object.entries(METRICS).find(([name]) => name === measure)?.[1];
  if (metric === undefined) return null;
  const unit = metric.unit === null ? '' : ` In ${metric.unit}.`;
  return `\`${reference}\`: ${metric.doc}${unit} ${metric.better === 'max' ? 'Larger' : 'Smaller'} is better. Measured on ${where}.`;
}

const SETS: Readonly<Record<string, string>> = {
  val: 'the validation subjects',
  test: 'the test subjects, at the end of the run',
  train: 'the training subjects',
};

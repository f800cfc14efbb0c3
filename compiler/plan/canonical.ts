import { createHash } from 'node:crypto';
import { NO_SHARING, type Sharing } from '../sharing.ts';
import type { Plan } from './schema.ts';

/** The same plan, the same bytes, on every machine: sorted keys, no white space, numbers as JavaScript prints them. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return canonicalObject(value, canonicalJson);
}

function canonicalObject(value: object, textOf: (item: unknown) => string): string {
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${textOf(item)}`).join(',')}}`;
}

/** @returns SHA-256 of the canonical bytes, in hex */
export function planId(plan: Plan, { of }: Sharing = NO_SHARING): string {
  const text = canonicalObject(plan, (value) =>
    typeof value === 'object' && value !== null
      ? of('text', [value], () => canonicalJson(value))
      : canonicalJson(value),
  );
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

import { createHash } from 'node:crypto';
import { NO_SHARING, type Sharing } from '../sharing.ts';
import type { Plan } from './schema.ts';

/** The same plan, the same bytes, on every machine: sorted keys, no white space, numbers as JavaScript prints them. */
export function canonicalJson(value: unknown): string {
  // Most of a plan are numbers; `String` writes finite ones as JSON does.
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  return canonicalObject(value, canonicalJson);
}

/** The same of an object whose parts may be shared with others: the text of each part is made once. */
export function canonicalShared(value: object, { of }: Sharing): string {
  return canonicalObject(value, (part) =>
    typeof part === 'object' && part !== null ? of('text', [part], () => canonicalJson(part)) : canonicalJson(part),
  );
}

function canonicalObject(value: object, textOf: (item: unknown) => string): string {
  const items: [string, unknown][] = Object.entries(value);
  items.sort(([a], [b]) => (a < b ? -1 : 1));
  let text = '';
  for (const [key, item] of items) text += `${text === '' ? '' : ','}${quoted(key)}:${textOf(item)}`;
  return `{${text}}`;
}

/** The names of a plan are few, and written ten thousand times. */
const quotedNames = new Map<string, string>();
const NAMES_KEPT = 1_000;

function quoted(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const text = JSON.stringify(name);
  if (quotedNames.size < NAMES_KEPT) quotedNames.set(name, text);
  return text;
}

/** @returns SHA-256 of the canonical bytes, in hex */
export function planId(plan: Plan, sharing: Sharing = NO_SHARING): string {
  return createHash('sha256').update(canonicalShared(plan, sharing), 'utf8').digest('hex');
}

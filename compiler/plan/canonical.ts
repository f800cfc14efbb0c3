import { createHash } from 'node:crypto';
import type { Plan } from './schema.ts';

/** The same plan, the same bytes, on every machine: sorted keys, no white space, numbers as JavaScript prints them. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/** @returns SHA-256 of the canonical bytes, in hex */
export function planId(plan: Plan): string {
  return createHash('sha256').update(canonicalJson(plan), 'utf8').digest('hex');
}

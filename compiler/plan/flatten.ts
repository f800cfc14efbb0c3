import { snakeCase } from '../fields/case.ts';
import type { Plan } from './schema.ts';

/**
 * A plan as dotted snake_case names and text: `optimizer.learning_rate` → `0.0001`. Lists of plain values stay together;
 * `null` is written out, so that two runs can be compared name by name.
 */
export function flattenPlan(plan: Plan): ReadonlyMap<string, string> {
  const flat = new Map<string, string>();
  flatten(plan, '', flat);
  return flat;
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
  if (typeof value !== 'object' || value === null || isPlainList) {
    into.set(path, typeof value === 'string' ? value : JSON.stringify(value));
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) into.set(path, Array.isArray(value) ? '[]' : '{}');
  for (const [key, item] of entries) flatten(item, path === '' ? snakeCase(key) : `${path}.${snakeCase(key)}`, into);
}

import * as z from 'zod';
import { assertNever } from '../../dsl/assert-never.ts';
import { snakeCase } from '../fields/case.ts';
import type { Origin, PlanFile } from './schema.ts';

/** One value of a plan as a person reads it. */
export interface PlanValue {
  /** Dotted, as the `.exp` file would name it: `optimizer.learning_rate`. */
  readonly path: string;
  readonly text: string;
  readonly origin: Origin | null;
}

/** As it is written: `0.8..1.2`. */
const rangeSchema = z.strictObject({ from: z.number(), to: z.number() });

/** What is shown elsewhere in words. */
const NOT_LISTED: ReadonlySet<string> = new Set(['version', 'facts', 'profile']);

/** All values in the plan's own order, one line each. */
export function planValues({ plan, origins }: PlanFile): readonly PlanValue[] {
  return Object.entries(plan)
    .filter(([name]) => !NOT_LISTED.has(name))
    .flatMap(([name, value]) => valuesBelow(name, value, origins));
}

function valuesBelow(path: string, value: unknown, origins: PlanFile['origins']): readonly PlanValue[] {
  const isLeaf =
    typeof value !== 'object' ||
    value === null ||
    (Array.isArray(value) && value.every((item) => typeof item !== 'object'));
  if (isLeaf) return [{ path: shownPath(path), text: shownValue(value), origin: originOf(origins, path) }];
  if (Array.isArray(value) && value.length > 0)
    return value.map((item, index) => {
      const itemPath = `${path}.${index}`;
      return { path: shownPath(path), text: inWords(item), origin: originOf(origins, itemPath) };
    });
  return Object.entries(value).flatMap(([name, inner]) => valuesBelow(`${path}.${name}`, inner, origins));
}

/** `flip(axes: [x, y, z], probability: 0.5)` for a list's entry. */
function inWords(item: unknown): string {
  if (typeof item !== 'object' || item === null) return shownValue(item);
  const entries = Object.entries(item);
  const [first, ...rest] = entries;
  const head = first !== undefined && first[0] === 'kind' ? String(first[1]) : null;
  const named = head === null ? entries : rest;
  const text = named.map(([name, value]) => `${snakeCase(name)}: ${shownValue(value)}`).join(', ');
  return head === null ? text : `${head}(${text})`;
}

function shownValue(value: unknown): string {
  if (value === null) return '–';
  if (Array.isArray(value)) return `[${value.map(shownValue).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const range = rangeSchema.safeParse(value);
  return range.success ? `${range.data.from}..${range.data.to}` : inWords(value);
}

function shownPath(path: string): string {
  return path.split('.').map(snakeCase).join('.');
}

/** The value's own origin, or that of the nearest block around it. */
function originOf(origins: PlanFile['origins'], path: string): Origin | null {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const origin = origins[at];
    if (origin !== undefined) return origin;
  }
  return null;
}

export function describeOrigin(origin: Origin | null): string {
  if (origin === null) return '';
  switch (origin.kind) {
    case 'file':
      return `${origin.path}:${origin.line}${origin.profile === null ? '' : ` (${origin.profile})`}`;
    case 'set':
      return `--set ${origin.text}`;
    case 'default':
      return origin.reason === null ? 'default' : `default: ${origin.reason}`;
    case 'planner':
      return `planner: ${origin.reason}`;
    default:
      return assertNever(origin);
  }
}

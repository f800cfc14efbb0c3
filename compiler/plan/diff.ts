import { flattenPlan } from './flatten.ts';
import type { Plan } from './schema.ts';

export interface PlanChange {
  /** Dotted, snake_case: `optimizer.learning_rate`. */
  readonly path: string;
  /** Null where the value is only in the other plan. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface PlanDiff {
  readonly changes: readonly PlanChange[];
  readonly unchanged: number;
}

/** What differs between two plans, value by value, in the order of names. */
export function diffPlans(before: Plan, after: Plan): PlanDiff {
  const a = flattenPlan(before);
  const b = flattenPlan(after);
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  const changes = paths
    .filter((path) => a.get(path) !== b.get(path))
    .map((path) => ({ path, before: a.get(path) ?? null, after: b.get(path) ?? null }));
  return { changes, unchanged: paths.length - changes.length };
}

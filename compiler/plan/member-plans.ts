import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from './canonical.ts';
import type { MatrixMember } from './matrix.ts';
import { parsePlanFile } from './parse.ts';
import type { Plan, PlanFile } from './schema.ts';

/**
 * The plans of a matrix in little: the first one whole, and of each run the values at the top of the plan that differ
 * from it. Ten thousand runs take a few megabytes instead of seventy; the plan's id says whether one was put together right.
 */

export const memberPlanSchema = z.object({
  /** Of the member, from 1. */
  index: z.int().positive(),
  planId: z.string(),
  /** `{"optimizer": {…}, "seed": 3}`: takes the place of what the first plan says. */
  changes: z.record(z.string(), z.unknown()),
});

export type MemberPlan = z.infer<typeof memberPlanSchema>;

/** @param first the plan of the first run */
export function memberPlan(first: Plan, { index, planId, plan }: MatrixMember & { readonly plan: Plan }): MemberPlan {
  const before = new Map<string, unknown>(Object.entries(first));
  // Runs share the parts that are the same for all: most comparisons are of one object with itself.
  const changed = Object.entries(plan).filter(([name, value]) => {
    const other = before.get(name);
    return value !== other && JSON.stringify(value) !== JSON.stringify(other);
  });
  return { index, planId, changes: Object.fromEntries(changed) };
}

const wholeSchema = z.object({ plan: z.record(z.string(), z.unknown()), origins: z.unknown() });

/**
 * The plan of a run, put together again. Origins are those of the first run: for what is swept they point at the sweep.
 *
 * @param first `plan.json` of the first run as it was written, before anything was read into it
 * @returns null when the parts do not belong together
 */
export function restoreMemberPlan(first: unknown, { planId, changes }: MemberPlan): PlanFile | null {
  const whole = wholeSchema.safeParse(first);
  if (!whole.success) return null;
  const plan = { ...whole.data.plan, ...changes };
  // Of the bytes as they were written: what plans have learnt since is no part of their identity.
  if (createHash('sha256').update(canonicalJson(plan), 'utf8').digest('hex') !== planId) return null;
  return parsePlanFile({ planId, plan, origins: whole.data.origins }).data ?? null;
}

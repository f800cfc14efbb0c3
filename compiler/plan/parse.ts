import * as z from 'zod';
import { type Plan, type PlanFile, planFileSchema, planSchema } from './schema.ts';

/**
 * Settings that plans have learnt since version 1 of their form, each with the value that means what plans did before.
 * A plan that was written earlier reads as if it had said so; its identity stays the one that it was written with.
 */
const LEARNT: readonly { readonly path: readonly [string, ...string[]]; readonly value: unknown }[] = [
  { path: ['track', 'register'], value: null },
  { path: ['track', 'alias'], value: null },
  { path: ['track', 'cases'], value: true },
  { path: ['schedule', 'onNan'], value: { kind: 'stop' } },
  { path: ['dataset', 'exclude'], value: [] },
  // Of phantoms; other data sets have no such setting, and drop it.
  { path: ['dataset', 'source', 'channels'], value: 1 },
];

const objectSchema = z.record(z.string(), z.unknown());

/** A plan by itself, as `exp plan --json` writes it, of this version or an earlier one. */
export function parsePlan(content: unknown): z.ZodSafeParseResult<Plan> {
  return planSchema.safeParse(complete(content));
}

/** `plan.json` of a run folder, of this version or an earlier one. */
export function parsePlanFile(content: unknown): z.ZodSafeParseResult<PlanFile> {
  const file = objectSchema.safeParse(content);
  return planFileSchema.safeParse(file.success ? { ...file.data, plan: complete(file.data.plan) } : content);
}

function complete(plan: unknown): unknown {
  return LEARNT.reduce((completed, { path, value }) => withDefault(completed, path, value), plan);
}

/** Where the block that holds the setting is not there at all, neither is the setting. */
function withDefault(content: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  const block = objectSchema.safeParse(content);
  if (!block.success || name === undefined) return content;
  const inner = block.data[name];
  if (rest.length === 0) return inner === undefined ? { ...block.data, [name]: value } : content;
  return { ...block.data, [name]: withDefault(inner, rest, value) };
}

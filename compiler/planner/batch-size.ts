import type { Range } from '../fields/values/ranges.ts';
import type { ModelFacts, PlanEnvironment } from '../plan/schema.ts';
import { gigabytes, memoryLimit, memoryNeed } from './memory.ts';

/** Chooses the batch size: the largest of a range whose training step fits the environment's memory. */

export type BatchPlan =
  | { readonly kind: 'fits'; readonly batchSize: number; readonly facts: ModelFacts; readonly reason: string | null }
  /** The environment does not state its memory; the smallest is taken. */
  | { readonly kind: 'unknown'; readonly batchSize: number; readonly facts: ModelFacts; readonly reason: string }
  | { readonly kind: 'tooLarge'; readonly needed: number; readonly available: number };

export function planBatchSize(
  { from, to }: Range,
  environment: PlanEnvironment,
  factsAt: (batchSize: number) => ModelFacts,
): BatchPlan {
  const limit = memoryLimit(environment);
  const smallest = factsAt(from);
  if (limit === null) {
    if (from === to) return { kind: 'fits', batchSize: from, facts: smallest, reason: null };
    return {
      kind: 'unknown',
      batchSize: from,
      facts: smallest,
      reason: `the smallest of ${from}..${to}: \`${environment.name}\` does not state its memory`,
    };
  }
  const need = memoryNeed(smallest, limit.onGpu);
  // A single number is the user's own choice: it is refused only where it cannot work.
  const bound = from === to ? limit.total : limit.usable;
  const required = from === to ? need.least : need.expected;
  if (required > bound) return { kind: 'tooLarge', needed: required, available: limit.total };
  if (from === to) return { kind: 'fits', batchSize: from, facts: smallest, reason: null };

  // Memory grows with the batch, so the largest that fits is found by halving the range.
  let low = from;
  let facts = smallest;
  let next: { readonly batchSize: number; readonly bytes: number } | null = null;
  for (let high = to; low < high; ) {
    const middle = Math.ceil((low + high) / 2);
    const candidate = factsAt(middle);
    const { expected } = memoryNeed(candidate, limit.onGpu);
    if (expected <= limit.usable) {
      low = middle;
      facts = candidate;
    } else {
      high = middle - 1;
      next = { batchSize: middle, bytes: expected };
    }
  }
  const taken = `${low} needs about ${gigabytes(memoryNeed(facts, limit.onGpu).expected)} GB`;
  const beyond = next === null ? '' : `, ${next.batchSize} would need ${gigabytes(next.bytes)} GB`;
  const reason = `the largest of ${from}..${to} that fits the ${gigabytes(limit.total)} GB of ${limit.device}: ${taken}${beyond}`;
  return { kind: 'fits', batchSize: low, facts, reason };
}

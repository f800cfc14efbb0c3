import type { Range } from '../fields/values/ranges.ts';
import { activationsWithin, memoryNeed } from '../plan/memory-need.ts';
import type { ModelFacts } from '../plan/schema.ts';
import { gigabytes, type MemoryLimit } from './memory.ts';

/** Chooses the batch size: the largest of a range whose training step fits the environment's memory. */

interface Fits {
  readonly batchSize: number;
  readonly facts: ModelFacts;
  /** What the activations are made to fit into; null where all of them are kept. */
  readonly activationLimitBytes: number | null;
  readonly recomputeReason: string | null;
}

export type BatchPlan =
  | (Fits & { readonly kind: 'fits'; readonly reason: string | null })
  /** Nothing states the memory; the smallest is taken. */
  | (Fits & { readonly kind: 'unknown'; readonly reason: string })
  | { readonly kind: 'tooLarge'; readonly needed: number; readonly available: number };

type FactsAt = (batchSize: number, activationLimitBytes: number | null) => ModelFacts;

/** @param limit null where it is not known */
export function planBatchSize(range: Range, limit: MemoryLimit | null, factsAt: FactsAt): BatchPlan {
  const smallest = planSmallest(range, limit, factsAt);
  if (smallest.kind !== 'fits' || limit === null || smallest.activationLimitBytes !== null) return smallest;
  return range.from === range.to ? smallest : largestThatFits(range, limit, smallest.facts, factsAt);
}

/** Whether the smallest batch of the range fits: all that there is to complain of. */
export function planSmallest({ from, to }: Range, limit: MemoryLimit | null, factsAt: FactsAt): BatchPlan {
  const smallest = keepingAll(from, factsAt);
  if (limit === null) {
    if (from === to) return { kind: 'fits', ...smallest, reason: null };
    const reason = `the smallest of ${from}..${to}: the memory is not known`;
    return { kind: 'unknown', ...smallest, reason };
  }
  const need = memoryNeed(smallest.facts, limit.onGpu);
  if (need.expected > limit.usable) {
    const fits = recomputing(smallest, limit, factsAt);
    if (fits !== null) {
      const reason = `the smallest of ${from}..${to}: even it fits only with activations computed again`;
      return { kind: 'fits', ...fits, reason: from === to ? null : reason };
    }
  }
  // A single number is the user's own choice: it is refused only where it cannot work.
  const bound = from === to ? limit.total : limit.usable;
  const required = from === to ? need.least : need.expected;
  if (required > bound) return { kind: 'tooLarge', needed: required, available: limit.total };
  return { kind: 'fits', ...smallest, reason: null };
}

/** Memory grows with the batch, so the largest that fits is found by halving the range. */
function largestThatFits({ from, to }: Range, limit: MemoryLimit, smallest: ModelFacts, factsAt: FactsAt): BatchPlan {
  let low = from;
  let facts = smallest;
  let next: { readonly batchSize: number; readonly bytes: number } | null = null;
  for (let high = to; low < high; ) {
    const middle = Math.ceil((low + high) / 2);
    const candidate = factsAt(middle, null);
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
  return { kind: 'fits', batchSize: low, facts, activationLimitBytes: null, recomputeReason: null, reason };
}

function keepingAll(batchSize: number, factsAt: FactsAt): Fits {
  return { batchSize, facts: factsAt(batchSize, null), activationLimitBytes: null, recomputeReason: null };
}

/** @returns null where not even computing activations again makes the batch fit */
function recomputing({ batchSize, facts: kept }: Fits, limit: MemoryLimit, factsAt: FactsAt): Fits | null {
  const activationLimitBytes = activationsWithin(limit.usable, kept, limit.onGpu);
  if (activationLimitBytes === null) return null;
  const facts = factsAt(batchSize, activationLimitBytes);
  if (facts.activationPeakBytes > activationLimitBytes) return null;
  const { recomputedTensors, recomputedBytes, recomputedFlops, stepFlops } = facts;
  const price = ((100 * recomputedFlops) / (stepFlops - recomputedFlops)).toFixed(1);
  const recomputeReason =
    `to fit the ${gigabytes(limit.usable)} GB of ${limit.device}: ${recomputedTensors} tensors are computed again instead of ` +
    `kept, ${gigabytes(recomputedBytes)} GB less for ${price} % more arithmetic`;
  return { batchSize, facts, activationLimitBytes, recomputeReason };
}

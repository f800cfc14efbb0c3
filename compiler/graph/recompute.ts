import { nodeCost } from './costs.ts';
import { activationPeak } from './liveness.ts';
import { bytesOf, type ForwardPass, forwardPass, isKept, type RewrittenStep, rewrite } from './recompute-graph.ts';
import { schedule } from './schedule.ts';
import type { Schedule, ValueId } from './types.ts';

/**
 * Gradient checkpointing (Chen 2016, "Training deep nets with sublinear memory cost"), chosen value by value: what the
 * backward pass needs is kept from the forward pass, or computed again right before its first use there. The same ops on
 * the same numbers give the same bits, so recomputation changes memory and time and nothing else.
 */

export interface Recomputation {
  readonly schedule: Schedule;
  /** Tensors of the forward pass that are not kept for the backward pass. */
  readonly tensors: number;
  /** By how much the peak of activations is lower. */
  readonly savedBytes: number;
  /** Arithmetic done twice, in FLOP a step. */
  readonly extraFlops: number;
}

/**
 * FLOP that take as long as one byte of memory traffic: 250 to 365 GFLOP/s against some 20 GB/s on two cores, and about
 * the same ratio on GPUs (T4: 8.1 TFLOP/s against 320 GB/s).
 */
const FLOPS_PER_BYTE = 15;

/** As many values are dropped at once as make this share of the peak: one at a time takes long and gains little. */
const BATCH_SHARE = 0.02;

/** One choice of what to drop. */
interface Candidate {
  readonly dropped: ReadonlySet<ValueId>;
  readonly step: RewrittenStep;
  readonly peakBytes: number;
  /** Where in the original step the peak is. */
  readonly peakTurn: number;
}

/**
 * Drops the values that are cheapest to compute again, for what they save at the peak, until the activations fit.
 *
 * @param base a training step whose output `loss` ends the forward pass
 * @param limitBytes for the peak of activations
 * @returns what fits, or the smallest found where nothing does
 */
export function recompute(base: Schedule, limitBytes: number): Recomputation {
  const forward = forwardPass(base.graph);
  const refused = new Set<ValueId>();
  let best = candidate(forward, new Set());
  while (best.peakBytes > limitBytes) {
    const order = cheapestFirst(forward, best, refused);
    const [first] = order;
    if (first === undefined) break;
    const wanted = Math.min(best.peakBytes - limitBytes, BATCH_SHARE * best.peakBytes);
    const next = lower(forward, best, leading(forward, order, wanted)) ?? lower(forward, best, [first]);
    if (next === null) refused.add(first);
    else best = next;
  }
  if (best.peakBytes <= limitBytes) best = withoutNeedless(forward, best, limitBytes);
  const result = schedule(best.step.graph);
  return {
    schedule: result,
    tensors: best.dropped.size,
    savedBytes: base.activationPeakBytes - result.activationPeakBytes,
    extraFlops: best.step.extraFlops,
  };
}

function candidate(forward: ForwardPass, dropped: ReadonlySet<ValueId>): Candidate {
  const step = rewrite(forward, dropped);
  const { bytes, at } = activationPeak(step.graph);
  return { dropped, step, peakBytes: bytes, peakTurn: step.turns[at] ?? 0 };
}

/** With more values dropped; null where that helps nothing: the peak is as high, or higher elsewhere. */
function lower(forward: ForwardPass, best: Candidate, more: readonly ValueId[]): Candidate | null {
  const next = candidate(forward, new Set([...best.dropped, ...more]));
  return next.peakBytes < best.peakBytes ? next : null;
}

/** What is kept at the peak without being in use, by time to compute it again for a byte. */
function cheapestFirst(forward: ForwardPass, best: Candidate, refused: ReadonlySet<ValueId>): readonly ValueId[] {
  const timeOf = timesToRecompute(forward, best.dropped);
  const scored: { readonly value: ValueId; readonly score: number }[] = [];
  for (const [value, { lastForward, firstBackward }] of forward.gaps) {
    if (best.dropped.has(value) || refused.has(value) || isSmall(forward, value)) continue;
    if (lastForward >= best.peakTurn || firstBackward <= best.peakTurn) continue;
    scored.push({ value, score: timeOf(value) / bytesOf(forward.graph, value) });
  }
  return scored.sort((a, b) => a.score - b.score).map(({ value }) => value);
}

function isSmall(forward: ForwardPass, value: ValueId): boolean {
  return isKept(forward, new Set([value]), value);
}

function leading({ graph }: ForwardPass, order: readonly ValueId[], wantedBytes: number): readonly ValueId[] {
  let bytes = 0;
  return order.filter((value) => {
    if (bytes >= wantedBytes) return false;
    bytes += bytesOf(graph, value);
    return true;
  });
}

/** Time of a node and of all that must run before it, in units of a byte's. What is dropped anyway is not counted again. */
function timesToRecompute(forward: ForwardPass, dropped: ReadonlySet<ValueId>): (owner: ValueId) => number {
  const { graph, memory } = forward;
  const known = new Map<ValueId, number>();

  return function timeOf(owner: ValueId): number {
    const before = known.get(owner);
    if (before !== undefined) return before;
    const producer = graph.values[owner]?.producer ?? null;
    const node = producer === null ? undefined : graph.nodes[producer];
    if (node === undefined) return 0;
    const { flops, bytes } = nodeCost(graph, node);
    let time = bytes + flops / FLOPS_PER_BYTE;
    for (const input of node.inputs) {
      const needed = memory[input] ?? null;
      if (needed === null || dropped.has(needed) || isKept(forward, dropped, needed)) continue;
      time += timeOf(needed);
    }
    known.set(owner, time);
    return time;
  };
}

/** Keeps again, the most expensive first, what the limit does not ask for. */
function withoutNeedless(forward: ForwardPass, best: Candidate, limitBytes: number): Candidate {
  const timeOf = timesToRecompute(forward, best.dropped);
  let kept = best;
  for (const value of [...best.dropped].sort((a, b) => timeOf(b) - timeOf(a))) {
    const fewer = new Set(kept.dropped);
    fewer.delete(value);
    const next = candidate(forward, fewer);
    if (next.peakBytes <= limitBytes) kept = next;
  }
  return kept;
}

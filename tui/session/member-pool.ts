import { memoryNeed } from '../../compiler/plan/memory-need.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { memoryLimit } from '../../compiler/planner/memory.ts';
import { memoryState } from '../../runtime/run/memory.ts';

/** What a machine's own system and data workers leave. */
const USABLE = 0.9;

/** Decides how many runs may be at work at once: so many jobs, and no more than memory holds by the plans' own peaks. */
export interface Room {
  /** Whether a run may start beside those that are at work; the first always may. */
  fits(plan: Plan, running: readonly Plan[]): boolean;
}

export function roomFor(jobs: number): Room {
  return {
    fits: (plan, running) => {
      if (running.length === 0) return true;
      if (running.length >= jobs) return false;
      const limit = memoryLimit(plan.environment, null);
      const onGpu = limit?.onGpu ?? false;
      const usable = limit?.onGpu === true ? limit.usable : memoryState().totalBytes * USABLE;
      const needed = [plan, ...running].reduce((sum, { facts }) => sum + memoryNeed(facts, onGpu).expected, 0);
      return needed <= usable;
    },
  };
}

import { reduceRun } from '../../runtime/events/reduce.ts';
import { initialRunState, type RunState } from '../../runtime/events/run-state.ts';
import type { RunEvent } from '../../runtime/events/schema.ts';

/** At most eight pictures a second: more than an eye needs, and the trainer needs the processor. */
export const FRAME_MS = 125;

/** The run's state between its events and whoever shows it. */
export interface RunStore {
  readonly current: () => RunState;
  readonly apply: (event: RunEvent) => void;
  /** Calls back after changes, at most once in `FRAME_MS`. @returns how to end that */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createRunStore(watch?: RunState['watch']): RunStore {
  let state = initialRunState(watch);
  let timer: NodeJS.Timeout | null = null;
  const listeners = new Set<() => void>();
  return {
    current: () => state,
    apply: (event) => {
      state = reduceRun(state, event);
      if (timer !== null || listeners.size === 0) return;
      timer = setTimeout(() => {
        timer = null;
        for (const listener of listeners) listener();
      }, FRAME_MS);
      timer.unref();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

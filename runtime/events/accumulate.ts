import { reduceRun, type UnseenSeries } from './reduce.ts';
import { initialRunState, type RunState } from './run-state.ts';
import type { RunEvent } from './schema.ts';

/** A run's state while its events come. Between two looks at it points are added in place, so that long runs load in linear time. */
export interface RunAccumulator {
  /** @returns the state after the event, to be read at once: the next event may change it. */
  readonly apply: (event: RunEvent) => RunState;
  /** The state for keeping. */
  readonly current: () => RunState;
}

export function accumulateRun(watch?: RunState['watch']): RunAccumulator {
  let state = initialRunState(watch);
  const unseen: UnseenSeries = new Map();
  return {
    apply: (event) => {
      state = reduceRun(state, event, unseen);
      return state;
    },
    current: () => {
      unseen.clear();
      return state;
    },
  };
}

/** The state after all of a run's events. */
export function stateOfRun(events: Iterable<RunEvent>, watch?: RunState['watch']): RunState {
  const run = accumulateRun(watch);
  for (const event of events) run.apply(event);
  return run.current();
}

import { accumulateRun } from '../../runtime/events/accumulate.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import type { RunEvent } from '../../runtime/events/schema.ts';
import { type Note, noteOf } from '../output/plain.ts';

/** At most five pictures a second: as many as an eye follows, and the trainer needs the processor. */
export const FRAME_MS = 200;

/** A terminal shows no more at once, and the whole of it stands in events.jsonl. */
const NOTES_KEPT = 300;

/** The run's state between its events and whoever shows it. */
export interface RunStore {
  readonly current: () => RunState;
  /** The latest milestones and log lines, oldest first. */
  readonly notes: () => readonly Note[];
  readonly apply: (event: RunEvent) => void;
  /** Calls back after changes, at most once in `FRAME_MS`. @returns how to end that */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createRunStore(watch?: RunState['watch']): RunStore {
  const run = accumulateRun(watch);
  let notes: readonly Note[] = [];
  let timer: NodeJS.Timeout | null = null;
  const listeners = new Set<() => void>();
  return {
    current: run.current,
    notes: () => notes,
    apply: (event) => {
      const note = noteOf(event, run.apply(event));
      if (note !== null) notes = [...notes, note].slice(-NOTES_KEPT);
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

import { RunError } from '../errors.ts';
import { readEvents } from '../events/read.ts';
import { isComplete } from '../events/run-state.ts';
import type { RunEvent, RunEventOf } from '../events/schema.ts';

/** The end of a run that has nothing left to continue; null for any other. */
export function completion(events: readonly RunEvent[]): RunEventOf<'run_finished'> | null {
  const end = events.findLast((event) => event.type === 'run_started' || event.type === 'run_finished');
  return end?.type === 'run_finished' && isComplete(end) ? end : null;
}

/**
 * Asked before a trainer starts: its refusal would otherwise stand in the record of a run that has ended well.
 *
 * @throws RunError when a new run was started before, or a run to resume has nothing left to do
 */
export function assertStartable(runDir: string, resume: boolean): void {
  const events = readEvents(runDir);
  const started = events.some((event) => event.type === 'run_started');
  if (!resume) {
    if (started)
      throw new RunError(`${runDir} holds a run that was started before`, { help: 'continue it with `exp resume`' });
    return;
  }
  const end = completion(events);
  if (end !== null)
    throw new RunError(`the run is complete (${end.status.replace('_', ' ')}): there is nothing to continue`, {
      help: 'start a new one with `exp run`',
    });
}

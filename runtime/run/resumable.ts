import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { readEvents } from '../events/read.ts';
import { isComplete, isOver } from '../events/run-state.ts';
import type { RunEvent, RunEventOf } from '../events/schema.ts';

/** The end of a run that is over; null for any other. */
export function completion(events: readonly RunEvent[]): RunEventOf<'run_finished'> | null {
  const end = events.findLast((event) => event.type === 'run_started' || event.type === 'run_finished');
  return end?.type === 'run_finished' && isOver(end) ? end : null;
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
  // What the halving of a sweep holds back may go on, where a person wants it to.
  if (end !== null && isComplete(end))
    throw new RunError(`the run is complete (${end.status.replace('_', ' ')}): there is nothing to continue`, {
      help: `a new run may start from its weights: \`model … { weights: "${join(runDir, 'checkpoints/last')}" }\``,
    });
}

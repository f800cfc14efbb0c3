import { RunError } from '../errors.ts';
import { readEvents } from '../events/read.ts';

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
  const end = events.findLast((event) => event.type === 'run_started' || event.type === 'run_finished');
  if (end?.type === 'run_finished' && (end.status === 'completed' || end.status === 'early_stopped'))
    throw new RunError(`the run is complete (${end.status.replace('_', ' ')}): there is nothing to continue`, {
      help: 'start a new one with `exp run`',
    });
}

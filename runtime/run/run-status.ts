import type { RunState, RunStatus } from '../events/run-state.ts';
import { liveOwner } from './lock.ts';

/** `lost`: neither the trainer nor its launcher lived to say how it ended. */
export type KnownStatus = RunStatus | 'lost';

/** How a run stands by its record and by whether anybody works on it. */
export function statusOf({ finished, status }: Pick<RunState, 'finished' | 'status'>, runDir: string): KnownStatus {
  return finished === null && liveOwner(runDir) === null ? 'lost' : status;
}

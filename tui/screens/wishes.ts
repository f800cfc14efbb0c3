import { assertNever } from '../../dsl/assert-never.ts';
import type { RunState } from '../../runtime/events/run-state.ts';
import type { ControlRequest } from '../../runtime/run/control.ts';
import type { Wish } from '../keys.ts';

/** What a key asks of the trainer, and what the screen says to it. */
export interface Asked {
  readonly request: ControlRequest;
  readonly text: string;
}

export function askedBy(wish: Wish, { paused }: RunState): Asked {
  switch (wish) {
    case 'pause':
      return paused
        ? { request: 'continue', text: 'the trainer goes on' }
        : { request: 'pause', text: 'the trainer pauses after this step; p goes on' };
    case 'checkpoint':
      return { request: 'checkpoint', text: 'the trainer writes a checkpoint after this step' };
    case 'validate':
      return { request: 'validate', text: 'the trainer validates after this step' };
    case 'stop watched':
      return { request: 'stop', text: 'the trainer stops after this step, with a checkpoint' };
    default:
      return assertNever(wish);
  }
}

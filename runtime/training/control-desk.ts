import { type ControlRequest, takeRequests } from '../run/control.ts';
import type { StopRequest } from './stop-request.ts';

/** Where the trainer learns what people at a screen want of it. */
export interface ControlDesk extends StopRequest {
  /** What was asked for since the last time, oldest first; a stop is not among it but in `requested`. */
  take(): readonly ControlRequest[];
}

/** How often the folder is looked at, however short the steps are. */
const LOOK_MS = 100;

/** @param now milliseconds, of a clock that does not jump */
export function openControlDesk(runDir: string, now: () => number = () => performance.now()): ControlDesk {
  // What was meant for an attempt that has ended must not surprise this one.
  takeRequests(runDir);
  let lookedAt = now();
  let waiting: readonly ControlRequest[] = [];
  let stop = false;
  const look = () => {
    if (now() - lookedAt < LOOK_MS) return;
    lookedAt = now();
    const asked = takeRequests(runDir);
    stop ||= asked.includes('stop');
    waiting = [...waiting, ...asked.filter((request) => request !== 'stop')];
  };
  return {
    get requested() {
      look();
      return stop;
    },
    take: () => {
      look();
      const taken = waiting;
      waiting = [];
      return taken;
    },
  };
}

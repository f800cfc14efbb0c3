import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readEvents } from '../../runtime/events/read.ts';

/** A run that is going on, and its two processes. */
export interface LiveRun {
  readonly runDir: string;
  readonly trainer: number;
  /** `exp run` itself: screen, tracker, bookkeeping. */
  readonly attendant: number;
}

const POLL_MS = 200;

/** The run that appears in a folder, once it has taken some steps; null where it ends before, or the system has no /proc. */
export async function liveRun(runsDir: string, steps: number, signal: AbortSignal): Promise<LiveRun | null> {
  for (; !signal.aborted; await pause(POLL_MS)) {
    const name = existsSync(runsDir) ? readdirSync(runsDir).find((entry) => /^\d{8}-/.test(entry)) : undefined;
    const runDir = join(runsDir, name ?? '');
    if (name === undefined || !existsSync(join(runDir, 'events.jsonl'))) continue;
    const events = readEvents(runDir);
    if (events.filter(({ type }) => type === 'step').length < steps) continue;
    const trainer = events.find((event) => event.type === 'run_started')?.pid;
    const attendant = trainer === undefined ? null : statOf(trainer)?.parent;
    return trainer === undefined || attendant == null ? null : { runDir, trainer, attendant };
  }
  return null;
}

/** Linux counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** What all threads of a process have used so far; NaN of one that is gone. */
export function processorSeconds(pid: number): number {
  return statOf(pid)?.seconds ?? Number.NaN;
}

/** Parent and processor time of all its threads. @see proc_pid_stat(5) */
function statOf(pid: number): { readonly parent: number; readonly seconds: number } | null {
  try {
    // The name, in brackets, may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
    return parent === undefined || user === undefined || system === undefined
      ? null
      : { parent, seconds: (user + system) / TICKS_PER_SECOND };
  } catch {
    return null;
  }
}

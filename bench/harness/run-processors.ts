import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { followEvents } from '../../runtime/events/read.ts';

/** Processor time of a run's two processes over the epochs after the first, in seconds; the first is the engine's warm-up. */
export interface RunProcessors {
  readonly steps: number;
  readonly trainer: number;
  /** `exp run` itself: screen, tracker, bookkeeping. */
  readonly attendant: number;
}

interface Moment {
  readonly step: number;
  readonly trainer: number;
  readonly attendant: number;
}

/** Watches the run that appears in a folder. @returns null where the system has no /proc, or the run no second epoch */
export async function watchProcessors(runsDir: string, signal: AbortSignal): Promise<RunProcessors | null> {
  const runDir = await appearing(runsDir, signal);
  if (runDir === null || !existsSync('/proc/self/stat')) return null;
  let trainer = 0;
  const moments: Moment[] = [];
  for await (const event of followEvents(runDir, { signal })) {
    if (event.type === 'run_started') trainer = event.pid;
    if (event.type !== 'epoch_finished') continue;
    const own = statOf(trainer);
    const attendant = own === null ? null : statOf(own.parent);
    if (own !== null && attendant !== null)
      moments.push({ step: event.step, trainer: own.seconds, attendant: attendant.seconds });
  }
  const [from, to] = [moments[0], moments.at(-1)];
  if (from === undefined || to === undefined || from === to) return null;
  return {
    steps: to.step - from.step,
    trainer: to.trainer - from.trainer,
    attendant: to.attendant - from.attendant,
  };
}

async function appearing(runsDir: string, signal: AbortSignal): Promise<string | null> {
  while (!signal.aborted) {
    const names = existsSync(runsDir) ? readdirSync(runsDir) : [];
    const found = names.find((name) => existsSync(join(runsDir, name, 'run.json')));
    if (found !== undefined) return join(runsDir, found);
    await pause(50);
  }
  return null;
}

/** Linux counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

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

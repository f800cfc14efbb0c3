import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../errors.ts';
import { liveOwner } from '../run/lock.ts';
import { parseEvents } from './jsonl.ts';
import type { RunEvent } from './schema.ts';
import { Tail } from './tail.ts';
import { EVENTS_FILE } from './write.ts';

const POLL_MS = 100;

/** A trainer that is gone without a last word: its launcher, if alive, adds one within this time. */
const SILENCE_MS = 3_000;

/**
 * Everything a run has recorded so far; empty before its first event.
 *
 * @throws RunError when there is no such run folder
 */
export function readEvents(runDir: string): readonly RunEvent[] {
  if (!existsSync(runDir)) throw new RunError(`there is no run at ${runDir}`);
  const path = join(runDir, EVENTS_FILE);
  return existsSync(path) ? parseEvents(readFileSync(path, 'utf8')).events : [];
}

/**
 * The events of a run from its first on, as they come; from any process, at any time, also after the end.
 *
 * It ends after the `run_finished` of the latest attempt: one with nothing behind it while nobody holds the run folder.
 * A run that is resumed goes on in the same iteration. It ends as well when the trainer has died and three seconds
 * brought no word about it (its launcher died too), and when `signal` aborts; it does not throw then.
 */
export async function* followEvents(
  runDir: string,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<RunEvent, void, void> {
  if (!existsSync(runDir)) throw new RunError(`there is no run at ${runDir}`);
  const tail = new Tail(join(runDir, EVENTS_FILE));
  let finished = false;
  let silentSince = performance.now();
  try {
    while (!isAborted(options.signal)) {
      // Asked before reading: what a dead trainer has written is then all there for this read.
      const abandoned = liveOwner(runDir) === null;
      const events = await tail.read();
      for (const event of events) {
        finished = event.type === 'run_finished';
        yield event;
        if (isAborted(options.signal)) return;
      }
      if (events.length > 0 || !abandoned) silentSince = performance.now();
      if (events.length > 0) continue;
      if (abandoned && (finished || performance.now() - silentSince > SILENCE_MS)) return;
      await sleep(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(() => {});
    }
  } finally {
    await tail.close();
  }
}

/** A function, because the signal changes behind the type checker's back. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

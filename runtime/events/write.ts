import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseEventLine } from './jsonl.ts';
import type { RunEvent, RunEventBody } from './schema.ts';

export const EVENTS_FILE = 'events.jsonl';

/** What must be on the disk when `write` returns, so that a power cut takes no more than a few steps' lines. */
const DURABLE: ReadonlySet<RunEventBody['type']> = new Set(['run_started', 'checkpoint', 'run_finished']);

/**
 * Appends events to a run's record: one line and one write each, so that a reader in another process never sees half
 * of two lines. A killed writer leaves at most one torn last line, which the next writer mends.
 */
export class EventWriter {
  readonly #file: number;
  readonly #now: () => number;
  #sequence: number;

  /** @param runDir the run folder; the sequence goes on where its record ends */
  constructor(runDir: string, now: () => number = Date.now) {
    this.#now = now;
    this.#file = openSync(join(runDir, EVENTS_FILE), 'a+');
    this.#sequence = mendAndFindSequence(this.#file);
  }

  write<T extends RunEventBody>(body: T): T & Pick<RunEvent, 'sequence' | 'time'> {
    const event = { sequence: this.#sequence, time: this.#now(), ...body };
    writeSync(this.#file, `${JSON.stringify(event)}\n`);
    this.#sequence++;
    if (DURABLE.has(body.type)) fsyncSync(this.#file);
    return event;
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }
}

/** Cuts off what a killed writer left behind the last good line, and returns the next sequence number. */
function mendAndFindSequence(file: number): number {
  const bytes = Buffer.alloc(fstatSync(file).size);
  readSync(file, bytes, 0, bytes.length, 0);
  let end = bytes.length;
  while (end > 0) {
    const start = bytes.lastIndexOf('\n', end - 2) + 1;
    const line = bytes.toString('utf8', start, end);
    const event = line.endsWith('\n') ? parseEventLine(line) : null;
    if (event !== null) {
      if (end < bytes.length) ftruncateSync(file, end);
      return event.sequence + 1;
    }
    end = start;
  }
  if (bytes.length > 0) ftruncateSync(file, 0);
  return 0;
}

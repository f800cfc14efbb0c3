import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { folderGone, writingTo } from '../run/folder-trouble.ts';
import { parseEventLine } from './jsonl.ts';
import type { RunEvent, RunEventBody } from './schema.ts';

export const EVENTS_FILE = 'events.jsonl';

/** What must be on the disk when `write` returns, so that a power cut takes no more than a few steps' lines. */
const DURABLE: ReadonlySet<RunEventBody['type']> = new Set(['run_started', 'checkpoint', 'run_finished']);

/** When it is looked whether the file still has its name; a name that is gone from the disk is noticed at every write. */
const LOOKED_FOR: ReadonlySet<RunEventBody['type']> = new Set([...DURABLE, 'system', 'epoch_finished']);

/**
 * Appends events to a run's record: one line and one write each, so that a reader in another process never sees half
 * of two lines. A killed writer leaves at most one torn last line, which the next writer mends; a line that the disk does
 * not take whole is taken back.
 */
export class EventWriter {
  readonly #runDir: string;
  readonly #file: number;
  readonly #now: () => number;
  #sequence: number;
  #bytes: number;

  /**
   * @param runDir the run folder; the sequence goes on where its record ends
   * @throws RunError where it cannot be written
   */
  constructor(runDir: string, now: () => number = Date.now) {
    this.#now = now;
    this.#runDir = runDir;
    this.#file = writingTo(runDir, () => openSync(this.#path, 'a+'));
    this.#sequence = mendAndFindSequence(this.#file);
    this.#bytes = fstatSync(this.#file).size;
  }

  get #path(): string {
    return join(this.#runDir, EVENTS_FILE);
  }

  /** @throws RunError when the disk does not take it, or the run folder is gone */
  write<T extends RunEventBody>(body: T): T & Pick<RunEvent, 'sequence' | 'time'> {
    const event = { sequence: this.#sequence, time: this.#now(), ...body };
    if (this.#isGone(LOOKED_FOR.has(body.type))) throw folderGone(this.#runDir);
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    writingTo(this.#path, () => {
      this.#append(line);
      if (DURABLE.has(body.type)) fsyncSync(this.#file);
    });
    this.#sequence++;
    return event;
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #append(line: Buffer): void {
    try {
      for (let done = 0; done < line.length; ) done += writeSync(this.#file, line, done);
      this.#bytes += line.length;
    } catch (error) {
      // The half of a line would spoil the next one.
      ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
  }

  #isGone(byName: boolean): boolean {
    const { nlink, ino } = fstatSync(this.#file);
    if (nlink === 0) return true;
    return byName && statSync(this.#path, { throwIfNoEntry: false })?.ino !== ino;
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

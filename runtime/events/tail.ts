import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { parseEvents } from './jsonl.ts';
import type { RunEvent } from './schema.ts';

/** Reads what was appended to a file since the last time, in whole lines. */
export class Tail {
  readonly #path: string;
  #file: FileHandle | null = null;
  #position = 0;
  #torn = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<readonly RunEvent[]> {
    this.#file ??= existsSync(this.#path) ? await open(this.#path, 'r') : null;
    if (this.#file === null) return [];
    const { size } = await this.#file.stat();
    // A resumed writer has cut off a torn line that we hold the beginning of.
    if (size < this.#position) {
      this.#torn = Buffer.alloc(0);
      this.#position = size;
    }
    const { buffer, bytesRead } = await this.#file.read(
      Buffer.alloc(size - this.#position),
      0,
      size - this.#position,
      this.#position,
    );
    this.#position += bytesRead;
    const bytes = Buffer.concat([this.#torn, buffer.subarray(0, bytesRead)]);
    const end = bytes.lastIndexOf('\n') + 1;
    this.#torn = bytes.subarray(end);
    return parseEvents(bytes.toString('utf8', 0, end)).events;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  /** Lets the file go; a next reading opens it again and goes on where this one ended. */
  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }
}

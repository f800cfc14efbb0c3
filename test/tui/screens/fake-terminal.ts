import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';

/** A terminal's output side: as much of one as the screen uses, with what stands on it. */
export class FakeStdout extends EventEmitter {
  readonly isTTY = true;
  readonly writableNeedDrain = false;
  columns = 100;
  rows = 30;
  written = '';
  #lines: string[] = [];

  write(text: string): boolean {
    this.written += text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
    for (const [token, row, other] of text.matchAll(/\u001b\[(?:(\d+);1H|([?\d;]*[A-Za-z]))|[^\u001b]+/g)) {
      if (row !== undefined) this.#row = Number(row) - 1;
      else if (other === '2J') this.#lines = [];
      else if (other === 'J') this.#lines.length = Math.min(this.#lines.length, this.#row);
      else if (other === 'K') this.#fresh = true;
      else if (other === undefined) {
        this.#lines[this.#row] = this.#fresh ? token : `${this.#lines[this.#row] ?? ''}${token}`;
        this.#fresh = false;
      }
      if (row !== undefined) {
        this.#lines[this.#row] = '';
        this.#fresh = false;
      }
    }
    return true;
  }

  #row = 0;
  #fresh = false;

  get screen(): string {
    return Array.from(this.#lines, (line) => line ?? '').join('\n');
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}

/** And its input side. */
export class FakeStdin extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }
}

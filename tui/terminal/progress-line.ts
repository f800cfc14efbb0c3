import { type Context, columnsOf } from '../context.ts';
import { oneLine } from './text.ts';

/** Between two drawings: a line that changes faster cannot be read, and costs time. */
const INTERVAL_MS = 100;

export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** One line on stderr that is written over again and again; nothing where stderr is no terminal. */
export function progressLine({ stderr, errors }: Pick<Context, 'stderr' | 'errors'>): ProgressLine {
  if (!errors.interactive) return { show: () => {}, clear: () => {} };
  let shownAt = 0;
  return {
    show: (text) => {
      if (Date.now() - shownAt < INTERVAL_MS) return;
      shownAt = Date.now();
      stderr.write(`\r\u001b[K${oneLine(text).slice(0, columnsOf(stderr) - 1)}`);
    },
    clear: () => {
      if (shownAt > 0) stderr.write('\r\u001b[K');
    },
  };
}

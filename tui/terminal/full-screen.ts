import { stripVTControlCharacters } from 'node:util';
import { Pictures } from './graphics/pictures.ts';
import type { Picture } from './graphics/raster.ts';
import type { Protocol } from './graphics/support.ts';
import { textLength } from './text.ts';

/**
 * The terminal as a surface that frames are drawn on, and given back as it was. It draws on the alternate screen, so that
 * nothing that stood there before is lost, and only the lines that changed, within a synchronized update where the
 * terminal knows that, so that nothing flickers and little goes over a slow line.
 */
export interface FullScreen {
  /** @param lines at most `rows − 1`, styled, without line breaks, none longer than `columns` */
  draw(lines: readonly string[], columns: number, graphics?: ScreenGraphics | null): void;
  /** The terminal has another size, or somebody wrote on it: all of the next frame is drawn. */
  invalidate(): void;
  /** Gives the terminal back; `enter` takes it again. */
  leave(): void;
  enter(): void;
}

/** Pictures over the lines of a frame, for terminals that have them. */
export interface ScreenGraphics {
  readonly protocol: Protocol;
  readonly pictures: readonly Picture[];
}

/** Alternate screen, no cursor, no wrapping at the right edge: what a sign's width was misjudged by must not shift lines. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J\u001b[H';
const LEAVE = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';
const BEGIN_UPDATE = '\u001b[?2026h';
const END_UPDATE = '\u001b[?2026l';

type Output = Pick<NodeJS.WriteStream, 'write' | 'writableNeedDrain'>;

export function openFullScreen(stdout: Output): FullScreen {
  let shown: readonly string[] | null = null;
  let inside = false;
  const pictures = new Pictures();

  const leave = () => {
    if (!inside) return;
    inside = false;
    process.off('exit', leave);
    process.off('uncaughtExceptionMonitor', leave);
    stdout.write(`${pictures.clear()}${LEAVE}`);
  };
  const enter = () => {
    if (inside) return;
    inside = true;
    shown = null;
    // Whatever ends this process, the shell behind it wants its screen and its cursor back, and the stack must be readable.
    process.once('exit', leave);
    process.once('uncaughtExceptionMonitor', leave);
    stdout.write(ENTER);
  };

  enter();
  return {
    enter,
    leave,
    invalidate: () => {
      shown = null;
    },
    draw: (lines, columns, graphics = null) => {
      // A line that is slower than we draw gets fewer frames, not a queue of old ones.
      if (!inside || stdout.writableNeedDrain) return;
      const next = graphics?.pictures ?? [];
      const left = pictures.rowsToClear(next);
      const before = shown;
      let changes = changesBetween(before, lines, columns, left);
      if (graphics !== null || pictures.areThere) {
        const isWritten = (row: number) => before === null || left.has(row) || lines[row] !== before[row];
        changes += pictures.change(next, graphics?.protocol ?? null, isWritten);
      }
      shown = lines;
      if (changes !== '') stdout.write(`${BEGIN_UPDATE}${changes}${END_UPDATE}`);
    },
  };
}

/** @param cleared rows that are erased and written anew whether they have changed or not */
function changesBetween(
  before: readonly string[] | null,
  after: readonly string[],
  columns: number,
  cleared: ReadonlySet<number>,
): string {
  let text = before === null ? '\u001b[2J' : '';
  for (const row of cleared) text += `\u001b[${row + 1};1H\u001b[2K`;
  for (const [row, line] of after.entries()) {
    if (line === (before?.[row] ?? '') && !cleared.has(row)) continue;
    // At the right edge the cursor stands on the last sign, and erasing would take that one.
    const rest = textLength(stripVTControlCharacters(line)) < columns ? '\u001b[K' : '';
    text += `\u001b[${row + 1};1H${line}${rest}`;
  }
  // Lines of a higher frame before.
  if (before !== null && before.length > after.length) text += `\u001b[${after.length + 1};1H\u001b[J`;
  return text;
}

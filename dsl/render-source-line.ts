import type { Severity } from './diagnostic.ts';
import type { Paint } from './paint.ts';
import { characterWidth, textWidth } from './text-width.ts';

/** One line of source with what is marked in it. */

/** Offsets within the line, in UTF-16 code units. */
export interface Annotation {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly primary: boolean;
}

export interface Gutter {
  /** Columns before the source text. */
  readonly width: number;
  readonly corner: string;
  readonly empty: string;
  readonly skip: string;
  readonly numbered: (line: number) => string;
}

export interface LineDrawing {
  readonly text: string;
  readonly line: number;
  readonly annotations: readonly Annotation[];
  readonly gutter: Gutter;
  readonly width: number;
  readonly severity: Severity;
  readonly paint: Paint;
  /** Makes a text safe to print. */
  readonly clean: (text: string) => string;
}

/** The source line and under it one line of marks for each annotation; a line that is too long is shown anew for each. */
export function drawLine(drawing: LineDrawing): string[] {
  const { annotations, gutter, line, width } = drawing;
  const room = width - gutter.width;
  const cells = cellsOf(drawing.text, drawing.clean);
  const total = cells.at(-1)?.end ?? 0;
  const output: string[] = [];
  let shown: string | null = null;
  for (const annotation of [...annotations].sort(
    (a, b) => Number(b.primary) - Number(a.primary) || a.start - b.start,
  )) {
    const start = columnOf(cells, annotation.start);
    const end = Math.max(start + 1, columnOf(cells, annotation.end));
    const window = total + 1 <= room ? { from: 0, to: total } : windowAround(start, end, total, room);
    const text = cut(cells, window, drawing.clean('…'));
    if (text !== shown) output.push(gutter.numbered(line) + text);
    shown = text;
    const mark = { start: start - window.from, end: Math.min(end, Math.max(window.to, start + 1)) - window.from };
    output.push(...marks(drawing, annotation, mark, room));
  }
  return output;
}

interface Cell {
  readonly text: string;
  readonly offset: number;
  /** Columns on the screen. */
  readonly start: number;
  readonly end: number;
}

const TAB_WIDTH = 4;

function cellsOf(text: string, clean: (text: string) => string): Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  let offset = 0;
  for (const character of text) {
    const shown = character === '\t' ? ' '.repeat(TAB_WIDTH - (column % TAB_WIDTH)) : clean(character);
    const width = character === '\t' ? shown.length : shown.length === 1 ? characterWidth(shown) : textWidth(shown);
    cells.push({ text: shown, offset, start: column, end: column + width });
    column += width;
    offset += character.length;
  }
  return cells;
}

/** The column of an offset; past the end one column after the text. */
function columnOf(cells: readonly Cell[], offset: number): number {
  let low = 0;
  let high = cells.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cells[middle]?.offset ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return cells[low]?.start ?? cells.at(-1)?.end ?? 0;
}

interface Window {
  readonly from: number;
  readonly to: number;
}

/** The part of a long line around a mark: what precedes it matters more than what follows. */
function windowAround(start: number, end: number, total: number, room: number): Window {
  const before = Math.max(0, Math.floor((room - Math.min(end - start, room)) * 0.6));
  const from = Math.max(0, Math.min(start - before, total - room + 1));
  return { from, to: Math.min(total, from + room) };
}

function cut(cells: readonly Cell[], window: Window, ellipsis: string): string {
  const total = cells.at(-1)?.end ?? 0;
  if (window.from === 0 && window.to === total) return cells.map((cell) => cell.text).join('');
  const head = window.from > 0 ? ellipsis : '';
  const tail = window.to < total ? ellipsis : '';
  const from = window.from + head.length;
  const to = window.to - tail.length;
  const inside = cells.filter((cell) => cell.start >= from && cell.end <= to);
  // A wide character on the edge leaves a gap, so that the marks below stay in place.
  const gap = ' '.repeat(Math.max(0, (inside[0]?.start ?? from) - from));
  return head + gap + inside.map((cell) => cell.text).join('') + tail;
}

function marks(
  drawing: LineDrawing,
  annotation: Annotation,
  mark: { start: number; end: number },
  room: number,
): string[] {
  const { gutter, paint, severity, clean } = drawing;
  const style = annotation.primary ? severity : 'related';
  const indent = ' '.repeat(mark.start);
  const line = (annotation.primary ? '^' : '-').repeat(Math.max(1, mark.end - mark.start));
  const message = clean(annotation.message);
  const underline = `${gutter.empty} ${indent}${paint(line, style)}`;
  if (message === '') return [underline];
  const label = paint(message, style);
  if (mark.start + line.length + 1 + textWidth(message) <= room) return [`${underline} ${label}`];
  // Too long to stand beside the marks: below them, moved to the left as far as it needs.
  const left = ' '.repeat(Math.max(0, Math.min(mark.start, room - textWidth(message))));
  return [underline, `${gutter.empty} ${left}${label}`];
}

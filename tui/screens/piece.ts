import type { Color } from '../terminal/color.ts';
import type { Tone } from '../terminal/style.ts';
import { textLength } from '../terminal/text.ts';

/** What every line of a screen is made of. A frame is a list of lines; who draws it knows what the terminal can show. */
export interface Piece {
  readonly text: string;
  readonly tone: Tone;
  /** Of pixels: the text's and what is behind it; null takes the tone. */
  readonly colors: { readonly text: Color; readonly behind: Color | null } | null;
}

export type Line = readonly Piece[];

export const EMPTY_LINE: Line = [];

export function piece(text: string, tone: Tone = 'plain'): Piece {
  return { text, tone, colors: null };
}

/** Text on the left and on the right of one line; the right one gives way. */
export function between(left: Line, right: Line, columns: number): Line {
  const gap = columns - lengthOf(left) - lengthOf(right);
  return gap < 2 ? left : [...left, piece(' '.repeat(gap)), ...right];
}

/** Facts in one line, `a · b · c`, as many as fit. */
export function facts(items: readonly Line[], columns: number): Line {
  let line: Line = [];
  for (const item of items) {
    const next = line.length === 0 ? item : [...line, piece(' · ', 'dim'), ...item];
    if (line.length > 0 && lengthOf(next) > columns) break;
    line = next;
  }
  return line;
}

/** The first wording that fits, from the longest to the shortest, which is taken in any case. */
export function wording(texts: readonly [string, ...string[]], columns: number): string {
  return texts.find((text) => textLength(text) <= columns) ?? texts.at(-1) ?? texts[0];
}

export function lengthOf(line: Line): number {
  return line.reduce((length, { text }) => length + textLength(text), 0);
}

/** The line, at most so long; what is missing is told by an ellipsis. */
export function cutTo(line: Line, columns: number): Line {
  if (lengthOf(line) <= columns) return line;
  const fitted: Piece[] = [];
  let room = Math.max(0, columns - 1);
  for (const part of line) {
    if (room <= 0) break;
    const signs = Array.from(part.text);
    fitted.push({ ...part, text: signs.slice(0, room).join('') });
    room -= signs.length;
  }
  return [...fitted, piece('…', 'dim')];
}

/** The line at exactly this width. */
export function padTo(line: Line, columns: number): Line {
  const fitted = cutTo(line, columns);
  const room = columns - lengthOf(fitted);
  return room <= 0 ? fitted : [...fitted, piece(' '.repeat(room))];
}

/** Blocks of lines beside each other, each at its width. */
export function beside(
  blocks: readonly { readonly lines: readonly Line[]; readonly columns: number }[],
  gap: number,
): readonly Line[] {
  const rows = Math.max(0, ...blocks.map(({ lines }) => lines.length));
  return Array.from({ length: rows }, (_, row) =>
    blocks.flatMap(({ lines, columns }, index) => [
      ...padTo(lines[row] ?? EMPTY_LINE, columns),
      ...(index < blocks.length - 1 ? [piece(' '.repeat(gap))] : []),
    ]),
  );
}

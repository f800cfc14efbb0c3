import { type CharacterSet, canvasLines, createCanvas, drawLine } from './canvas.ts';

/** Parallel coordinates in characters: an axis for each setting and one for the result, a line for each run. */

export interface ParallelAxis {
  readonly title: string;
  /** Bottom to top, with where they lie between 0 and 1. */
  readonly ticks: readonly { readonly label: string; readonly at: number }[];
}

export interface ParallelLine {
  /** On each axis between 0 and 1; null where it has no value, and the line ends. */
  readonly at: readonly (number | null)[];
  readonly isBest: boolean;
}

export type ParallelTone = 'axis' | 'line' | 'best';

export interface ParallelPiece {
  readonly text: string;
  readonly tone: ParallelTone;
}

/** Between an axis and its labels, and between labels and the next lines. */
const GAP = 1;

/**
 * Labels stand left of their axis, so that lines run between axes undisturbed.
 *
 * @returns a line of titles and `rows` lines, each of at most `columns` characters
 */
export function renderParallel(
  axes: readonly ParallelAxis[],
  lines: readonly ParallelLine[],
  options: { readonly columns: number; readonly rows: number; readonly characters: CharacterSet },
): readonly (readonly ParallelPiece[])[] {
  const { rows, characters } = options;
  const labelWidths = axes.map(({ ticks }) => Math.max(...ticks.map(({ label }) => label.length)));
  const taken = labelWidths.reduce((sum, width) => sum + width + 1, 0) + GAP * (axes.length - 1);
  const between = axes.length < 2 ? 0 : Math.max(3, Math.floor((options.columns - taken) / (axes.length - 1)));
  const gaps = axes.slice(1).map((_, index) => drawGap(lines, index, between, rows, characters));
  const labels = axes.map(({ ticks }) => new Map(ticks.map(({ label, at }) => [rowOf(at, rows), label])));
  const side = characters === 'braille' ? { plain: '│', tick: '┤' } : { plain: '|', tick: '+' };

  const body = Array.from({ length: rows }, (_, row) =>
    axes.flatMap((_, index): ParallelPiece[] => {
      const label = labels[index]?.get(row);
      const text = `${(label ?? '').padStart(labelWidths[index] ?? 0)}${label === undefined ? side.plain : side.tick}`;
      const drawn = gaps[index]?.[row] ?? [];
      const space = index === axes.length - 1 ? [] : [{ text: ' '.repeat(GAP), tone: 'line' } as const];
      return [{ text, tone: 'axis' }, ...drawn, ...space];
    }),
  );
  return [[{ text: titleLine(axes, labelWidths, between), tone: 'axis' }], ...body];
}

function rowOf(at: number, rows: number): number {
  return Math.round((1 - at) * (rows - 1));
}

/** Each title ends above its axis, or begins at the left edge; one that has no room is cut. */
function titleLine(axes: readonly ParallelAxis[], labelWidths: readonly number[], between: number): string {
  let [text, right] = ['', 0];
  for (const [index, { title }] of axes.entries()) {
    right += (labelWidths[index] ?? 0) + 1 + (index === 0 ? 0 : between + GAP);
    const room = right - text.length - (text === '' ? 0 : 1);
    const shown = title.length <= room || index === 0 ? title : `…${title.slice(title.length - room + 1)}`;
    text = `${text}${index === 0 ? '' : ' '}${' '.repeat(Math.max(0, room - shown.length))}${shown}`;
  }
  return text;
}

function drawGap(
  lines: readonly ParallelLine[],
  left: number,
  columns: number,
  rows: number,
  characters: CharacterSet,
): readonly (readonly ParallelPiece[])[] {
  const [others, best] = [false, true].map((isBest) => {
    const canvas = createCanvas(columns, rows, characters);
    const { dotColumns, dotRows } = canvas.shape;
    // In the middle of the character row, where the tick of the axis is.
    const y = (at: number) => rowOf(at, rows) * dotRows + Math.floor(dotRows / 2);
    for (const line of lines) {
      const [from, to] = [line.at[left], line.at[left + 1]];
      if (line.isBest === isBest && from != null && to != null)
        drawLine(canvas, 0, y(from), columns * dotColumns - 1, y(to));
    }
    return canvasLines(canvas);
  });
  return Array.from({ length: rows }, (_, row) => {
    const pieces: ParallelPiece[] = [];
    for (let column = 0; column < columns; column++) {
      const above = best?.[row]?.[column] ?? ' ';
      const tone: ParallelTone = above === ' ' ? 'line' : 'best';
      const text = above === ' ' ? (others?.[row]?.[column] ?? ' ') : above;
      const last = pieces.at(-1);
      if (last?.tone === tone) pieces[pieces.length - 1] = { text: last.text + text, tone };
      else pieces.push({ text, tone });
    }
    return pieces;
  });
}

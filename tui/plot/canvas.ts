/**
 * A canvas of dots in character cells. Braille has 2 × 4 dots a cell (U+2800 and a bit a dot), the ASCII fallback 1 × 2
 * (`'` above, `.` below, `:` both).
 */

export type CharacterSet = 'braille' | 'ascii';

interface CellShape {
  readonly dotColumns: number;
  readonly dotRows: number;
  /** The character of a set of dots; bit = row · dotColumns + column. */
  glyph(bits: number): string;
}

/** Unicode 16, Braille Patterns: the bit of dot (row, column), in reading order. */
const BRAILLE_BITS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80] as const;
const ASCII_GLYPHS = [' ', "'", '.', ':'] as const;

export const CELL_SHAPES: Readonly<Record<CharacterSet, CellShape>> = {
  braille: {
    dotColumns: 2,
    dotRows: 4,
    glyph: (bits) =>
      bits === 0
        ? ' '
        : String.fromCharCode(
            BRAILLE_BITS.reduce((code, mask, dot) => ((bits >> dot) & 1 ? code | mask : code), 0x2800),
          ),
  },
  ascii: { dotColumns: 1, dotRows: 2, glyph: (bits) => ASCII_GLYPHS[bits] ?? ' ' },
};

export interface Canvas {
  readonly columns: number;
  readonly rows: number;
  readonly shape: CellShape;
  /** Bits of each cell, row by row. */
  readonly bits: Uint8Array;
}

export function createCanvas(columns: number, rows: number, characters: CharacterSet): Canvas {
  return { columns, rows, shape: CELL_SHAPES[characters], bits: new Uint8Array(columns * rows) };
}

/** Sets the dot at column `x` and row `y` counted from the top left; dots outside are left out. */
export function setDot(canvas: Canvas, x: number, y: number): void {
  const { dotColumns, dotRows } = canvas.shape;
  if (x < 0 || y < 0 || x >= canvas.columns * dotColumns || y >= canvas.rows * dotRows) return;
  const cell = Math.floor(y / dotRows) * canvas.columns + Math.floor(x / dotColumns);
  const bit = (y % dotRows) * dotColumns + (x % dotColumns);
  canvas.bits[cell] = (canvas.bits[cell] ?? 0) | (1 << bit);
}

/** A line between two dots, ends included (Bresenham 1965). */
export function drawLine(canvas: Canvas, x0: number, y0: number, x1: number, y1: number): void {
  const dx = Math.abs(x1 - x0);
  const dy = -Math.abs(y1 - y0);
  const stepX = x0 < x1 ? 1 : -1;
  const stepY = y0 < y1 ? 1 : -1;
  let error = dx + dy;
  let x = x0;
  let y = y0;
  for (;;) {
    setDot(canvas, x, y);
    if (x === x1 && y === y1) return;
    const doubled = 2 * error;
    if (doubled >= dy) {
      error += dy;
      x += stepX;
    }
    if (doubled <= dx) {
      error += dx;
      y += stepY;
    }
  }
}

/** The canvas as lines of exactly `columns` characters. */
export function canvasLines(canvas: Canvas): string[] {
  return Array.from({ length: canvas.rows }, (_, row) => {
    const cells = canvas.bits.subarray(row * canvas.columns, (row + 1) * canvas.columns);
    return Array.from(cells, (bits) => canvas.shape.glyph(bits)).join('');
  });
}

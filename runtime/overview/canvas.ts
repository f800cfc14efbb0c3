import { encode } from 'fast-png';
import { GLYPH, glyphsOf } from './font.ts';

export type Color = readonly [number, number, number];

/** A picture in the making. Coordinates are pixels, from the left and the top; what lies outside is not drawn. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  set(x: number, y: number, color: Color): void;
  /** Mixes a colour into what is there. @param share 0 keeps the old one, 1 takes the new one */
  blend(x: number, y: number, color: Color, share: number): void;
  fill(x: number, y: number, width: number, height: number, color: Color): void;
  /** Text with its upper left corner at (x, y), in letters of 8 × `size` pixels; accents of capitals stand above y. */
  text(x: number, y: number, text: string, color: Color, size: number): void;
  png(): Uint8Array;
}

export function createCanvas(width: number, height: number, background: Color): Canvas {
  const data = new Uint8Array(width * height * 3);
  const set = (x: number, y: number, color: Color) => {
    if (x >= 0 && y >= 0 && x < width && y < height) data.set(color, (y * width + x) * 3);
  };
  const fill = (x: number, y: number, columns: number, rows: number, color: Color) => {
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) set(x + column, y + row, color);
  };
  const blend = (x: number, y: number, color: Color, share: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const at = (y * width + x) * 3;
    for (const [channel, value] of color.entries()) {
      const before = data[at + channel] ?? 0;
      data[at + channel] = Math.round(before + share * (value - before));
    }
  };
  fill(0, 0, width, height, background);
  return {
    width,
    height,
    set,
    blend,
    fill,
    text: (x, y, text, color, size) => {
      for (const [index, glyph] of glyphsOf(text).entries()) {
        for (const [column, bits] of glyph.entries()) {
          for (let row = -GLYPH.above; row < GLYPH.height; row++) {
            if (((bits >> (row + GLYPH.above)) & 1) === 0) continue;
            fill(x + (index * GLYPH.advance + column) * size, y + row * size, size, size, color);
          }
        }
      }
    },
    png: () => encode({ width, height, data, channels: 3 }),
  };
}

/** Columns that a text takes. */
export function textWidth(text: string, size: number): number {
  return (glyphsOf(text).length * GLYPH.advance - 1) * size;
}

import type { Raster } from './raster.ts';

/**
 * A raster as sixels, which a VT340 understands: six rows of pixels at once, one colour after another.
 *
 * @see https://vt100.net/docs/vt3xx-gp/chapter14.html
 */
export function encodeSixel({ width, height, rgb }: Raster): string {
  const palette = new Palette();
  const indices = new Uint8Array(width * height);
  for (let pixel = 0; pixel < indices.length; pixel++)
    indices[pixel] = palette.indexOf(rgb[3 * pixel] ?? 0, rgb[3 * pixel + 1] ?? 0, rgb[3 * pixel + 2] ?? 0);
  const bands: string[] = [];
  for (let top = 0; top < height; top += 6) bands.push(band(indices, width, top, Math.min(6, height - top)));
  return `\u001bP0;1;0q"1;1;${width};${height}${palette.definition()}${bands.join('-')}\u001b\\`;
}

/** Levels of grey: what the eye tells apart on a screen, and few enough for any terminal. */
const GREY_STEP = 4;
/** Colours beside the greys, coarser: contours have few of them. */
const COLOR_STEP = 16;
const MOST_COLORS = 256;

class Palette {
  readonly #indices = new Map<number, number>();

  indexOf(red: number, green: number, blue: number): number {
    const step = red === green && green === blue ? GREY_STEP : COLOR_STEP;
    const key = (level(red, step) << 16) | (level(green, step) << 8) | level(blue, step);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = Math.min(this.#indices.size, MOST_COLORS - 1);
    if (this.#indices.size < MOST_COLORS) this.#indices.set(key, index);
    return index;
  }

  /** Each colour in hundredths of red, green and blue. */
  definition(): string {
    let text = '';
    for (const [key, index] of this.#indices)
      text += `#${index};2;${[key >> 16, (key >> 8) & 255, key & 255].map((value) => Math.round(value / 2.55)).join(';')}`;
    return text;
  }
}

/** The middle of the step that a value lies in; black and white stay what they are. */
function level(value: number, step: number): number {
  const steps = Math.floor(255 / step);
  return Math.round((Math.round((value * steps) / 255) * 255) / steps);
}

/** Six rows: of every colour in them, which of the six a column has, as one sign. */
function band(indices: Uint8Array, width: number, top: number, rows: number): string {
  const columns = new Map<number, Uint8Array>();
  for (let row = 0; row < rows; row++)
    for (let x = 0; x < width; x++) {
      const index = indices[(top + row) * width + x] ?? 0;
      let bits = columns.get(index);
      if (bits === undefined) {
        bits = new Uint8Array(width);
        columns.set(index, bits);
      }
      bits[x] = (bits[x] ?? 0) | (1 << row);
    }
  return [...columns].map(([index, bits]) => `#${index}${runs(bits)}`).join('$');
}

/** Repetitions are written as `!count sign`; what is empty at the end is left out. */
function runs(bits: Uint8Array): string {
  let text = '';
  let end = bits.length;
  while (end > 0 && bits[end - 1] === 0) end--;
  for (let start = 0; start < end; ) {
    let next = start + 1;
    while (next < end && bits[next] === bits[start]) next++;
    const sign = String.fromCharCode(63 + (bits[start] ?? 0));
    text += next - start > 3 ? `!${next - start}${sign}` : sign.repeat(next - start);
    start = next;
  }
  return text;
}

import { PREDICTED_COLORS, TRUTH_COLORS } from '../../runtime/overview/contour-colors.ts';
import type { Color } from '../terminal/color.ts';
import type { Raster } from '../terminal/graphics/raster.ts';
import type { Look } from './paint.ts';
import { type Line, type Piece, piece } from './piece.ts';
import type { SlicePixels } from './slice-pixels.ts';

/** Pixels as characters. With colours a cell holds two pixels, one above the other; without, one of twice the height. */

export interface Contours {
  readonly truth: boolean;
  readonly prediction: boolean;
}

/** Where truth and prediction agree. */
export const AGREED_COLOR: Color = [255, 255, 150];

/** From black to white. */
const SHADES = { unicode: ' ░▒▓█', ascii: ' .:-=+*#' } as const;
export const LETTERS = { truth: 'T', prediction: 'P', both: 'B' } as const;

/** @returns lines of `pixels.width` characters, half as many as there are rows of pixels */
export function sliceLines(pixels: SlicePixels, contours: Contours, look: Look): readonly Line[] {
  const rows = Math.ceil(pixels.height / 2);
  const draw = look.depth === 'none' ? shadedLine : halfBlockLine;
  return Array.from({ length: rows }, (_, row) => draw(pixels, row, contours, look));
}

/** The same pixels for a terminal that shows pictures. */
export function sliceRaster(pixels: SlicePixels, contours: Contours): Raster {
  const { width, height } = pixels;
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rgb.set(colorAt(pixels, x, y, contours), 3 * (y * width + x));
  return { width, height, rgb };
}

function halfBlockLine(pixels: SlicePixels, row: number, contours: Contours): Line {
  const line: Piece[] = [];
  for (let x = 0; x < pixels.width; x++) {
    const behind = 2 * row + 1 < pixels.height ? colorAt(pixels, x, 2 * row + 1, contours) : null;
    const text = colorAt(pixels, x, 2 * row, contours);
    const last = line.at(-1);
    if (last?.colors != null && isSame(last.colors.text, text) && isSame(last.colors.behind, behind))
      line[line.length - 1] = { ...last, text: `${last.text}▀` };
    else line.push({ text: '▀', tone: 'plain', colors: { text, behind } });
  }
  return line;
}

function colorAt({ width, grey, truth, predicted }: SlicePixels, x: number, y: number, contours: Contours): Color {
  const pixel = y * width + x;
  const [truthClass, predictedClass] = [
    contours.truth ? (truth[pixel] ?? 0) : 0,
    contours.prediction ? (predicted[pixel] ?? 0) : 0,
  ];
  if (truthClass > 0 && predictedClass > 0) return AGREED_COLOR;
  if (truthClass > 0) return classColor(TRUTH_COLORS, truthClass);
  if (predictedClass > 0) return classColor(PREDICTED_COLORS, predictedClass);
  const value = grey[pixel] ?? 0;
  return [value, value, value];
}

export function classColor(colors: readonly Color[], label: number): Color {
  return colors[(label - 1) % colors.length] ?? AGREED_COLOR;
}

function shadedLine(pixels: SlicePixels, row: number, contours: Contours, look: Look): Line {
  const shades = SHADES[look.unicode ? 'unicode' : 'ascii'];
  let text = '';
  for (let x = 0; x < pixels.width; x++) {
    const [upper, lower] = [2 * row * pixels.width + x, (2 * row + 1) * pixels.width + x];
    const isOn = (map: Uint8Array, shown: boolean) => shown && ((map[upper] ?? 0) > 0 || (map[lower] ?? 0) > 0);
    const [isTruth, isPredicted] = [isOn(pixels.truth, contours.truth), isOn(pixels.predicted, contours.prediction)];
    const grey = ((pixels.grey[upper] ?? 0) + (pixels.grey[lower] ?? pixels.grey[upper] ?? 0)) / 2;
    if (isTruth || isPredicted)
      text += isTruth && isPredicted ? LETTERS.both : isTruth ? LETTERS.truth : LETTERS.prediction;
    else text += shades[Math.min(shades.length - 1, Math.floor((grey / 256) * shades.length))] ?? ' ';
  }
  return [piece(text)];
}

function isSame(a: Color | null, b: Color | null): boolean {
  if (a === null || b === null) return a === b;
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}

import type { Volume } from '../data/types.ts';
import { type Canvas, type Color, createCanvas, textWidth } from './canvas.ts';
import { PREDICTED_COLORS, TRUTH_COLORS } from './contour-colors.ts';
import { greyOf, intensityWindow, type Window } from './intensity-window.ts';
import { interpolate, largestCrossSections, type Plane, planeOf, VIEWS, type View } from './planes.ts';

/** A picture of one case: three planes through the largest cross-section of the truth, with the contours of both maps. */

export interface OverviewCase {
  readonly title: string;
  /** Measures, as text: `Dice 0.91`. */
  readonly subtitle: string;
  readonly image: Volume;
  /** Class indices on the image's grid; null without a truth. */
  readonly truth: Uint8Array | null;
  readonly predicted: Uint8Array;
  /** Names, background first. */
  readonly classes: readonly string[];
}

const BACKGROUND: Color = [18, 20, 24];
const TEXT: Color = [236, 238, 242];
const FAINT: Color = [150, 156, 166];
/** Pixels. The truth is broader, so that it shows on both sides of a prediction that agrees with it. */
const TRUTH_THICKNESS = 4;
const PREDICTED_THICKNESS = 2;

const MARGIN = 16;
const MIN_WIDTH = 560;
const HEADER = 52;
const FOOTER = 46;
const LARGEST_WIDTH = 1200;
const LARGEST_HEIGHT = 420;
/** Pixels a millimetre: small structures are not blown up without end. */
const LARGEST_SCALE = 12;

/** @returns the bytes of a PNG */
export function drawOverview(shown: OverviewCase): Uint8Array {
  const { image } = shown;
  const marked = shown.truth?.some((label) => label > 0) ? shown.truth : shown.predicted;
  const sections = largestCrossSections(marked, image.shape);
  const planes = VIEWS.map((view) => ({
    view,
    plane: planeOf(view, image.shape, image.affine, (axis) => sections[axis]),
  }));
  const scale = commonScale(planes.map(({ plane }) => plane));
  const panels = planes.map((panel) => ({
    ...panel,
    width: Math.max(1, Math.round(panel.plane.columns * panel.plane.columnSize * scale)),
    height: Math.max(1, Math.round(panel.plane.rows * panel.plane.rowSize * scale)),
  }));
  const width = panels.reduce((total, panel) => total + panel.width + MARGIN, MARGIN);
  const height = HEADER + Math.max(...panels.map((panel) => panel.height)) + FOOTER;
  const canvas = createCanvas(Math.max(width, MIN_WIDTH), height, BACKGROUND);

  canvas.text(MARGIN, 12, shown.title, TEXT, 2);
  canvas.text(MARGIN, 34, shown.subtitle, FAINT, 1);
  const window = intensityWindow(image.data);
  let x = MARGIN;
  for (const panel of panels) {
    drawPanel(canvas, x, HEADER, panel, shown, window);
    x += panel.width + MARGIN;
  }
  drawLegend(canvas, height - FOOTER + 14, shown);
  drawScaleBar(canvas, height - FOOTER + 14, scale);
  return canvas.png();
}

/** The same for all planes, so that they can be compared. */
function commonScale(planes: readonly Plane[]): number {
  const widest = planes.reduce((total, plane) => total + plane.columns * plane.columnSize, 0);
  const highest = Math.max(...planes.map((plane) => plane.rows * plane.rowSize));
  return Math.min(LARGEST_SCALE, (LARGEST_WIDTH - 4 * MARGIN) / widest, LARGEST_HEIGHT / highest);
}

interface Panel {
  readonly view: View;
  readonly plane: Plane;
  readonly width: number;
  readonly height: number;
}

function drawPanel(canvas: Canvas, left: number, top: number, panel: Panel, shown: OverviewCase, window: Window): void {
  const { plane, width, height, view } = panel;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const grey = greyOf(interpolate(shown.image.data, plane, x / width, y / height), window);
      canvas.set(left + x, top + y, [grey, grey, grey]);
    }
  }
  if (shown.truth !== null) drawContours(canvas, left, top, panel, shown.truth, TRUTH_COLORS, TRUTH_THICKNESS);
  drawContours(canvas, left, top, panel, shown.predicted, PREDICTED_COLORS, PREDICTED_THICKNESS);
  const [before, after, above, below] = view.sides;
  const middle = { x: left + Math.floor(width / 2) - 5, y: top + Math.floor(height / 2) - 7 };
  outlined(canvas, left + 5, middle.y, before, 2);
  outlined(canvas, left + width - 15, middle.y, after, 2);
  outlined(canvas, middle.x, top + 5, above, 2);
  outlined(canvas, middle.x, top + height - 19, below, 2);
  outlined(canvas, left + 6, top + 6, view.name, 1);
}

/** Text that stays readable on any grey. */
function outlined(canvas: Canvas, x: number, y: number, text: string, size: number): void {
  for (const [dx, dy] of [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ] as const)
    canvas.text(x + dx, y + dy, text, [0, 0, 0], size);
  canvas.text(x, y, text, TEXT, size);
}

/** Pixels of a class beside one of another class, drawn as squares. */
function drawContours(
  canvas: Canvas,
  left: number,
  top: number,
  { plane, width, height }: Panel,
  labels: Uint8Array,
  colors: readonly Color[],
  thickness: number,
): void {
  const shift = Math.floor((thickness - 1) / 2);
  const at = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return 0;
    const column = Math.floor((x * plane.columns) / width);
    const row = Math.floor((y * plane.rows) / height);
    return labels[plane.start + column * plane.across + row * plane.down] ?? 0;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const label = at(x, y);
      if (label === 0) continue;
      if (at(x - 1, y) === label && at(x + 1, y) === label && at(x, y - 1) === label && at(x, y + 1) === label)
        continue;
      const color = colorOf(colors, label);
      canvas.fill(left + x - shift, top + y - shift, thickness, thickness, color);
    }
  }
}

function colorOf(colors: readonly Color[], label: number): Color {
  return colors[(label - 1) % colors.length] ?? TEXT;
}

function drawLegend(canvas: Canvas, y: number, { truth, classes }: OverviewCase): void {
  let x = MARGIN;
  const entry = (text: string, color: Color, thickness: number) => {
    canvas.fill(x, y + 4 - Math.floor(thickness / 2), 20, thickness, color);
    canvas.text(x + 26, y, text, TEXT, 1);
    x += 26 + textWidth(text, 1) + 18;
  };
  for (const [index, name] of classes.entries()) {
    if (index === 0) continue;
    if (truth !== null) entry(`${name}, truth`, colorOf(TRUTH_COLORS, index), TRUTH_THICKNESS);
    entry(`${name}, predicted`, colorOf(PREDICTED_COLORS, index), PREDICTED_THICKNESS);
    // Many classes go on in a second row, and what does not fit there is left out.
    if (x > canvas.width - 320 && index < classes.length - 1) {
      x = MARGIN;
      y += 14;
    }
  }
}

const BAR_LENGTHS = [1, 2, 5, 10, 20, 50, 100] as const;

function drawScaleBar(canvas: Canvas, y: number, scale: number): void {
  const length = BAR_LENGTHS.findLast((millimetres) => millimetres * scale <= 90) ?? 1;
  const text = `${length} mm`;
  const pixels = Math.round(length * scale);
  const left = canvas.width - MARGIN - textWidth(text, 1) - 8 - pixels;
  canvas.fill(left, y + 3, pixels, 2, TEXT);
  canvas.fill(left, y, 1, 8, TEXT);
  canvas.fill(left + pixels - 1, y, 1, 8, TEXT);
  canvas.text(left + pixels + 8, y, text, TEXT, 1);
}

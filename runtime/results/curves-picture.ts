import { countedSeries } from '../events/best-point.ts';
import type { MetricPoint, RunState } from '../events/run-state.ts';
import { metricLabel } from '../metrics/table.ts';
import { type Canvas, type Color, createCanvas, textWidth } from '../overview/canvas.ts';
import { isWritable } from '../overview/font.ts';

/** The metrics of a run over its epochs as one picture, a panel a metric: for servers and reports that show no curves. */

const PANEL = { width: 640, height: 360, left: 96, right: 24, top: 50, bottom: 44 } as const;
const COLORS = {
  page: [255, 255, 255],
  ink: [28, 31, 36],
  soft: [98, 106, 118],
  grid: [228, 231, 235],
  curve: [37, 99, 235],
  best: [217, 102, 10],
} as const satisfies Record<string, Color>;
const GRID_LINES = 4;
const LINE_RADIUS = 1.4;
/** More would be no overview. */
const MOST_PANELS = 12;
/** Set by a schedule, not measured. */
const NOT_DRAWN: ReadonlySet<string> = new Set(['train.learning_rate']);

/** @returns the bytes of a PNG; the metric that the best epoch is chosen by comes first, with that epoch marked */
export function curvesPicture({
  metrics: all,
  watch,
  best,
  data,
}: Pick<RunState, 'metrics' | 'watch' | 'best' | 'data'>): Uint8Array {
  const metrics = countedSeries(all);
  const names = Object.keys(metrics)
    .filter((name) => !NOT_DRAWN.has(name))
    .sort((a, b) => Number(b === watch.metric) - Number(a === watch.metric) || (a < b ? -1 : 1))
    .slice(0, MOST_PANELS);
  const columns = names.length > 1 ? 2 : 1;
  const rows = Math.max(1, Math.ceil(names.length / columns));
  const epochs = names.flatMap((name) => (metrics[name] ?? []).map(({ epoch }) => epoch));
  const span = { from: Math.min(...epochs), to: Math.max(...epochs) };
  const canvas = createCanvas(columns * PANEL.width, rows * PANEL.height, COLORS.page);
  for (const [index, name] of names.entries()) {
    const [x, y] = [(index % columns) * PANEL.width, Math.floor(index / columns) * PANEL.height];
    const named = metricLabel(name, data?.classes ?? []);
    // A class whose name the font cannot write is told by its number.
    const label = isWritable(named) ? named : name;
    drawPanel(canvas, x, y, label, metrics[name] ?? [], span, name === watch.metric ? best : null);
  }
  if (names.length === 0) canvas.text(PANEL.left, PANEL.top, 'no epoch has ended', COLORS.soft, 2);
  return canvas.png();
}

function drawPanel(
  canvas: Canvas,
  x: number,
  y: number,
  name: string,
  points: readonly MetricPoint[],
  /** Epochs, the same for all panels. */
  span: { readonly from: number; readonly to: number },
  best: MetricPoint | null,
): void {
  canvas.text(x + PANEL.left, y + 16, name, COLORS.ink, 2);
  const finite = points.filter(({ value }) => Number.isFinite(value));
  const values = finite.map(({ value }) => value);
  if (finite.length === 0) return;
  const range = { min: Math.min(...values), max: Math.max(...values) };
  const margin = range.max > range.min ? (range.max - range.min) * 0.06 : Math.abs(range.max) * 0.1 || 1;
  // What is never negative has no axis below 0.
  const low = range.min >= 0 ? Math.max(0, range.min - margin) : range.min - margin;
  const high = range.max + margin;
  const [left, right] = [x + PANEL.left, x + PANEL.width - PANEL.right];
  const [top, bottom] = [y + PANEL.top, y + PANEL.height - PANEL.bottom];
  const atX = (epoch: number) =>
    span.to === span.from ? (left + right) / 2 : left + ((epoch - span.from) / (span.to - span.from)) * (right - left);
  const atY = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - top);

  for (let line = 0; line <= GRID_LINES; line++) {
    const value = low + (line / GRID_LINES) * (high - low);
    const row = Math.round(atY(value));
    canvas.fill(left, row, right - left, 1, COLORS.grid);
    const label = value.toPrecision(3);
    canvas.text(left - 10 - textWidth(label, 2), row - 7, label, COLORS.soft, 2);
  }
  const lastLabel = `epoch ${span.to}`;
  canvas.text(left, bottom + 14, String(span.from), COLORS.soft, 2);
  canvas.text(right - textWidth(lastLabel, 2), bottom + 14, lastLabel, COLORS.soft, 2);

  let before: MetricPoint | null = null;
  for (const point of finite) {
    if (before === null) drawDisc(canvas, atX(point.epoch), atY(point.value), 2.5, COLORS.curve);
    else drawLine(canvas, atX(before.epoch), atY(before.value), atX(point.epoch), atY(point.value), COLORS.curve);
    before = point;
  }
  if (best === null) return;
  drawDisc(canvas, atX(best.epoch), atY(best.value), 5, COLORS.best);
  const label = `best ${best.value.toPrecision(4)} in epoch ${best.epoch}`;
  canvas.text(right - textWidth(label, 2), y + 18, label, COLORS.best, 2);
}

/** A line with round ends and soft edges. */
function drawLine(canvas: Canvas, x0: number, y0: number, x1: number, y1: number, color: Color): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length2 = dx * dx + dy * dy;
  cover(
    canvas,
    [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)],
    LINE_RADIUS,
    color,
    (x, y) => {
      const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length2));
      return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
    },
  );
}

function drawDisc(canvas: Canvas, x0: number, y0: number, radius: number, color: Color): void {
  cover(canvas, [x0, y0, x0, y0], radius, color, (x, y) => Math.hypot(x - x0, y - y0));
}

/** Colours pixels by how far they are from a shape: within `radius` whole, and over one pixel beyond it less and less. */
function cover(
  canvas: Canvas,
  [left, top, right, bottom]: readonly [number, number, number, number],
  radius: number,
  color: Color,
  distance: (x: number, y: number) => number,
): void {
  const reach = radius + 1;
  for (let y = Math.floor(top - reach); y <= Math.ceil(bottom + reach); y++) {
    for (let x = Math.floor(left - reach); x <= Math.ceil(right + reach); x++) {
      const share = Math.min(1, Math.max(0, radius + 0.5 - distance(x, y)));
      if (share > 0) canvas.blend(x, y, color, share);
    }
  }
}

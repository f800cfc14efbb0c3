import { type CharacterSet, canvasLines, createCanvas, drawLine, setDot } from './canvas.ts';
import { axisLabels, type Extent, extentOf, niceExtent } from './scale.ts';

/** A line chart in characters: axis labels on the left and below, one curve, at most one marked point. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface ChartOptions {
  /** Of the whole chart, labels included. */
  readonly columns: number;
  /** Of the whole chart, the line of x labels included. */
  readonly rows: number;
  readonly characters: CharacterSet;
  readonly x: Extent;
  /** Null fits the points and rounds outward. */
  readonly y: Extent | null;
  readonly mark: Point | null;
  readonly xUnit: string;
}

/** Pieces of a line, so that a screen can colour the curve and not the axis. */
export type ChartTone = 'axis' | 'curve' | 'mark';

export interface ChartPiece {
  readonly text: string;
  readonly tone: ChartTone;
}

export type ChartLine = readonly ChartPiece[];

const MARKS: Readonly<Record<CharacterSet, string>> = { braille: '◆', ascii: '*' };
const AXES: Readonly<Record<CharacterSet, { readonly tick: string; readonly side: string }>> = {
  braille: { tick: '┤', side: '│' },
  ascii: { tick: '+', side: '|' },
};

/** @returns exactly `rows` lines of exactly `columns` characters */
export function renderChart(points: readonly Point[], options: ChartOptions): ChartLine[] {
  const finite = points.filter(isFinitePoint);
  const y = options.y ?? niceExtent(extentOf(finite.map((point) => point.y)));
  const plotRows = Math.max(1, options.rows - 1);
  const labels = yLabels(y, plotRows);
  const labelWidth = Math.max(...[...labels.values()].map((label) => label.length));
  const plotColumns = Math.max(1, options.columns - labelWidth - 1);

  const canvas = createCanvas(plotColumns, plotRows, options.characters);
  const width = plotColumns * canvas.shape.dotColumns;
  const height = plotRows * canvas.shape.dotRows;
  const dotX = (value: number) => scale(value, options.x, width - 1);
  const dotY = (value: number) => height - 1 - scale(value, y, height - 1);
  drawCurve(finite, width, dotX, dotY, canvas);

  const mark = options.mark !== null && isFinitePoint(options.mark) ? options.mark : null;
  const markColumn = mark === null ? -1 : Math.floor(dotX(mark.x) / canvas.shape.dotColumns);
  const markRow = mark === null ? -1 : Math.floor(dotY(mark.y) / canvas.shape.dotRows);
  const axis = AXES[options.characters];
  const lines: ChartLine[] = canvasLines(canvas).map((line, row) => {
    const label = labels.get(row);
    const side = `${(label ?? '').padStart(labelWidth)}${label === undefined ? axis.side : axis.tick}`;
    if (row !== markRow) return [piece(side, 'axis'), piece(line, 'curve')];
    return [
      piece(side, 'axis'),
      piece(line.slice(0, markColumn), 'curve'),
      piece(MARKS[options.characters], 'mark'),
      piece(line.slice(markColumn + 1), 'curve'),
    ];
  });
  return [...lines, [piece(`${' '.repeat(labelWidth + 1)}${xLabels(options, plotColumns)}`, 'axis')]];
}

function isFinitePoint({ x, y }: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

/** A curve with more points than dot columns shows the mean of each column: single points would be noise. */
function drawCurve(
  points: readonly Point[],
  width: number,
  dotX: (value: number) => number,
  dotY: (value: number) => number,
  canvas: ReturnType<typeof createCanvas>,
): void {
  const sums = new Map<number, { total: number; count: number }>();
  for (const point of points) {
    const column = dotX(point.x);
    if (column < 0 || column >= width) continue;
    const sum = sums.get(column) ?? { total: 0, count: 0 };
    sums.set(column, { total: sum.total + point.y, count: sum.count + 1 });
  }
  let previous: { x: number; y: number } | null = null;
  for (const [x, { total, count }] of [...sums].sort(([a], [b]) => a - b)) {
    const y = dotY(total / count);
    if (previous === null) setDot(canvas, x, y);
    else drawLine(canvas, previous.x, previous.y, x, y);
    previous = { x, y };
  }
}

/** Highest, lowest and, where there is room, the middle value, by row. */
function yLabels(y: Extent, rows: number): Map<number, string> {
  if (rows < 3) return new Map([[0, axisLabels([y.max])[0] ?? '']]);
  const middle = (y.min + y.max) / 2;
  const [top = '', centre = '', bottom = ''] = axisLabels([y.max, middle, y.min]);
  const labels = new Map([
    [0, top],
    [rows - 1, bottom],
  ]);
  if (rows >= 5 && rows % 2 === 1) labels.set((rows - 1) / 2, centre);
  return labels;
}

function xLabels({ x, xUnit }: ChartOptions, columns: number): string {
  const from = String(Math.round(x.min));
  const to = `${Math.round(x.max).toLocaleString('en-US')} ${xUnit}`;
  if (from.length + to.length + 1 > columns) return to.slice(-columns).padStart(columns);
  return `${from}${to.padStart(columns - from.length)}`;
}

/** `value` from its extent to 0 … `last`, rounded, and kept inside. */
function scale(value: number, { min, max }: Extent, last: number): number {
  const share = max === min ? 0.5 : (value - min) / (max - min);
  return Math.round(Math.min(1, Math.max(0, share)) * last);
}

function piece(text: string, tone: ChartTone): ChartPiece {
  return { text, tone };
}

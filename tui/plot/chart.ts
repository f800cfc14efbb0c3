import { formatCount } from '../format/quantities.ts';
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
  /** Drawn faintly below the curve: single values below their smoothed course. */
  readonly under?: readonly Point[];
  /** Powers of ten at equal distances; what is not above 0 is left out. */
  readonly logarithmic?: boolean;
}

/** Pieces of a line, so that a screen can colour the curve and not the axis. */
export type ChartTone = 'axis' | 'curve' | 'under' | 'mark';

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
  const { logarithmic = false } = options;
  const toScale = (given: readonly Point[]) => (logarithmic ? given.map(logarithmOf) : given).filter(isFinitePoint);
  const [curve, under] = [toScale(points), toScale(options.under ?? [])];
  const y = (logarithmic ? null : options.y) ?? niceExtent(extentOf([...curve, ...under].map((point) => point.y)));
  const plotRows = Math.max(1, options.rows - 1);
  const labels = yLabels(y, plotRows, logarithmic);
  const labelWidth = Math.max(...[...labels.values()].map((label) => label.length));
  const plotColumns = Math.max(1, options.columns - labelWidth - 1);

  const canvas = createCanvas(plotColumns, plotRows, options.characters);
  const width = plotColumns * canvas.shape.dotColumns;
  const height = plotRows * canvas.shape.dotRows;
  const dotX = (value: number) => scale(value, options.x, width - 1);
  const dotY = (value: number) => height - 1 - scale(value, y, height - 1);
  const inside = ({ x }: Point) => x >= options.x.min && x <= options.x.max;
  drawCurve(curve.filter(inside), width, dotX, dotY, canvas);
  const below = createCanvas(plotColumns, plotRows, options.characters);
  for (const point of under.filter(inside)) setDot(below, dotX(point.x), dotY(point.y));

  const [mark = null] = options.mark === null || !inside(options.mark) ? [] : toScale([options.mark]);
  const markColumn = mark === null ? -1 : Math.floor(dotX(mark.x) / canvas.shape.dotColumns);
  const markRow = mark === null ? -1 : Math.floor(dotY(mark.y) / canvas.shape.dotRows);
  const axis = AXES[options.characters];
  const belowLines = canvasLines(below);
  const lines: ChartLine[] = canvasLines(canvas).map((line, row) => {
    const label = labels.get(row);
    const side = `${(label ?? '').padStart(labelWidth)}${label === undefined ? axis.side : axis.tick}`;
    const marked = row === markRow ? markColumn : -1;
    return [piece(side, 'axis'), ...plotLine(line, belowLines[row] ?? '', marked, MARKS[options.characters])];
  });
  return [...lines, [piece(`${' '.repeat(labelWidth + 1)}${xLabels(options, plotColumns)}`, 'axis')]];
}

function logarithmOf({ x, y }: Point): Point {
  return { x, y: y > 0 ? Math.log10(y) : Number.NaN };
}

/** A row of the plot: the mark before the curve, the curve before what lies under it. */
function plotLine(curve: string, under: string, markColumn: number, mark: string): ChartLine {
  const pieces: { text: string; tone: ChartTone }[] = [];
  for (let column = 0; column < curve.length; column++) {
    const [over, below] = [curve[column] ?? ' ', under[column] ?? ' '];
    const tone = column === markColumn ? 'mark' : over === ' ' && below !== ' ' ? 'under' : 'curve';
    const sign = tone === 'mark' ? mark : tone === 'under' ? below : over;
    const last = pieces.at(-1);
    if (last?.tone === tone) last.text += sign;
    else pieces.push({ text: sign, tone });
  }
  return pieces;
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
function yLabels(y: Extent, rows: number, logarithmic: boolean): Map<number, string> {
  const labelsOf = logarithmic ? powerLabels : axisLabels;
  if (rows < 3) return new Map([[0, labelsOf([y.max])[0] ?? '']]);
  const middle = (y.min + y.max) / 2;
  const [top = '', centre = '', bottom = ''] = labelsOf([y.max, middle, y.min]);
  const labels = new Map([
    [0, top],
    [rows - 1, bottom],
  ]);
  if (rows >= 5 && rows % 2 === 1) labels.set((rows - 1) / 2, centre);
  return labels;
}

/** Values of exponents, two digits each: `0.032`, `1.0`, `3.2e-5`. */
function powerLabels(exponents: readonly number[]): string[] {
  return exponents.map((exponent) => {
    const value = 10 ** exponent;
    return value >= 1e-3 && value < 1e5
      ? String(Number(value.toPrecision(2)))
      : value.toExponential(0).replace('e+', 'e');
  });
}

function xLabels({ x, xUnit }: ChartOptions, columns: number): string {
  const from = String(Math.round(x.min));
  const to = `${formatCount(x.max)} ${xUnit}`;
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

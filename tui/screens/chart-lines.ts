import { formatNumber } from '../format/quantities.ts';
import { type ChartOptions, type ChartTone, type Point, renderChart } from '../plot/chart.ts';
import type { Tone } from '../terminal/style.ts';
import { cutTo, type Line, type Piece, piece } from './piece.ts';
import { type Series, smoothed } from './series.ts';
import type { CurveSettings } from './ui-state.ts';

const CHART_TONES: Readonly<Record<ChartTone, Tone>> = { axis: 'dim', curve: 'accent', under: 'dim', mark: 'good' };

export interface ChartFrame {
  readonly columns: number;
  /** The title included. */
  readonly rows: number;
  readonly unicode: boolean;
  readonly settings: CurveSettings;
  readonly chosen: boolean;
}

/** A curve with its name, latest and best value above it. */
export function chartLines(series: Series, { columns, rows, unicode, settings, chosen }: ChartFrame): readonly Line[] {
  const { points, bounds } = series;
  const drawn = drawnOnce(points, settings, {
    columns,
    rows: rows - 1,
    characters: unicode ? 'braille' : 'ascii',
    x: window(series, settings),
    y: points.length === 0 ? { min: 0, max: 1 } : bounds,
    mark: series.best,
    xUnit: series.xUnit,
  });
  return [cutTo(title(series, settings, chosen), columns), ...drawn];
}

type Drawing = Omit<ChartOptions, 'under' | 'logarithmic'>;

interface Drawn {
  readonly of: string;
  readonly lines: readonly Line[];
}

/** A curve is drawn again only where it has other points or another place: it may have ten thousand, five times a second. */
const drawings = new WeakMap<readonly Point[], Drawn>();

function drawnOnce(points: readonly Point[], settings: CurveSettings, drawing: Drawing): readonly Line[] {
  const { smoothing, logScale } = settings;
  const of = JSON.stringify([smoothing, logScale, drawing]);
  const known = drawings.get(points);
  if (known?.of === of) return known.lines;
  // A handful of values needs no smoothing.
  const isSmooth = smoothing && points.length > 12;
  const lines = renderChart(isSmooth ? smoothed(points) : points, {
    ...drawing,
    under: isSmooth ? points : [],
    logarithmic: logScale && points.some(({ y }) => y > 0),
  }).map((line) => line.map(({ text, tone }) => piece(text, CHART_TONES[tone])));
  drawings.set(points, { of, lines });
  return lines;
}

function title({ name, points, best, xUnit }: Series, settings: CurveSettings, chosen: boolean): Line {
  const now = points.at(-1)?.y;
  const pieces: Piece[] = [piece(chosen ? '▸ ' : '', 'accent'), piece(name, 'strong')];
  if (now === undefined) pieces.push(piece(xUnit === 'epochs' ? ' after the first validation' : '', 'dim'));
  else pieces.push(piece(` ${formatNumber(now)}`));
  if (best !== null)
    pieces.push(piece(`  best ${formatNumber(best.y)} (epoch ${formatNumber(Number(best.x.toFixed(2)))})`, 'good'));
  if (settings.logScale) pieces.push(piece('  log', 'dim'));
  return pieces;
}

/** The whole run so far with some room to come, or the part of it that was zoomed to. */
function window(
  { reached, end }: Series,
  { zoom, pan }: CurveSettings,
): { readonly min: number; readonly max: number } {
  const whole = Math.max(reached, Math.min(end ?? 10, Math.ceil(reached * 1.25)), 2);
  if (zoom === 0) return { min: 0, max: whole };
  const width = reached / 2 ** zoom;
  const last = Math.max(width, reached - pan * width * 0.5);
  return { min: last - width, max: Math.max(last, last - width + 1e-9) };
}

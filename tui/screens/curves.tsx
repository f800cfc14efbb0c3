import { Box } from 'ink';
import type { RunState } from '../../runtime/events/run-state.ts';
import { formatNumber } from '../format/quantities.ts';
import { type ChartLine, type ChartTone, type Point, renderChart } from '../plot/chart.ts';
import type { Tone } from '../terminal/style.ts';
import { Line, type Piece, piece } from './line.tsx';
import { useLook } from './look.ts';

const CHART_TONES: Readonly<Record<ChartTone, Tone>> = { axis: 'dim', curve: 'accent', under: 'dim', mark: 'good' };

const GAP = 3;

/** The loss of every step, and the watched metric of every validation with its best marked. */
export function Curves(props: {
  readonly state: RunState;
  readonly columns: number;
  /** Of one chart, its title included. */
  readonly rows: number;
  readonly sideBySide: boolean;
}) {
  const { state, columns, rows, sideBySide } = props;
  const width = sideBySide ? Math.floor((columns - GAP) / 2) : columns;
  return (
    <Box flexDirection={sideBySide ? 'row' : 'column'} columnGap={GAP}>
      <LossCurve state={state} columns={width} rows={rows} />
      <WatchedCurve state={state} columns={width} rows={rows} />
    </Box>
  );
}

interface ChartProps {
  readonly state: RunState;
  readonly columns: number;
  readonly rows: number;
}

function LossCurve({ state, columns, rows }: ChartProps) {
  const points = state.loss.points.map(({ step, value }) => ({ x: step, y: value }));
  const now = points.at(-1)?.y;
  const title = [piece('loss', 'strong'), piece(now === undefined ? '' : ` ${formatNumber(now)}`)];
  const last = Math.max(state.step, Math.min(state.totalSteps ?? 10, state.step * 1.25), 2);
  return (
    <Chart
      title={title}
      points={points}
      mark={null}
      until={last}
      xUnit="steps"
      bounds={null}
      columns={columns}
      rows={rows}
    />
  );
}

function WatchedCurve({ state, columns, rows }: ChartProps) {
  const { metric } = state.watch;
  const points = (state.metrics[metric] ?? []).map(({ epoch, value }) => ({ x: epoch, y: value }));
  const now = points.at(-1)?.y;
  const title = [
    piece(metric, 'strong'),
    piece(
      now === undefined ? ' after the first validation' : ` ${formatNumber(now)}`,
      now === undefined ? 'dim' : 'plain',
    ),
  ];
  if (state.best !== null)
    title.push(piece(`  best ${formatNumber(state.best.value)} (epoch ${state.best.epoch})`, 'good'));
  const last = Math.max(state.epoch, Math.min(state.data?.epochs ?? 10, Math.ceil(state.epoch * 1.25)), 2);
  const mark = state.best === null ? null : { x: state.best.epoch, y: state.best.value };
  // Dice and IoU live between 0 and 1: a curve on its full scale does not exaggerate.
  const bounds = /dice|iou/.test(metric) ? { min: 0, max: 1 } : null;
  return (
    <Chart
      title={title}
      points={points}
      mark={mark}
      until={last}
      xUnit="epochs"
      bounds={bounds}
      columns={columns}
      rows={rows}
    />
  );
}

function Chart(props: {
  readonly title: readonly Piece[];
  readonly points: readonly Point[];
  readonly mark: Point | null;
  readonly until: number;
  readonly xUnit: string;
  readonly bounds: { readonly min: number; readonly max: number } | null;
  readonly columns: number;
  readonly rows: number;
}) {
  const { unicode } = useLook();
  const lines: readonly ChartLine[] = renderChart(props.points, {
    columns: props.columns,
    rows: props.rows - 1,
    characters: unicode ? 'braille' : 'ascii',
    x: { min: 0, max: props.until },
    y: props.points.length === 0 ? { min: 0, max: 1 } : props.bounds,
    mark: props.mark,
    xUnit: props.xUnit,
  });
  return (
    <Box flexDirection="column" width={props.columns}>
      <Line columns={props.columns} pieces={props.title} />
      {lines.map((line, row) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
          key={row}
          columns={props.columns}
          pieces={line.map(({ text, tone }) => piece(text, CHART_TONES[tone]))}
        />
      ))}
    </Box>
  );
}

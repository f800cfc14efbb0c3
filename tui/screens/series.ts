import type { RunState } from '../../runtime/events/run-state.ts';
import { MISSED, metricLabel } from '../../runtime/metrics/table.ts';
import type { Point } from '../plot/chart.ts';
import type { Extent } from '../plot/scale.ts';

/** One curve of a run. */
export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  readonly best: Point | null;
  /** Where the run stands, in the unit of x. */
  readonly reached: number;
  /** Where it will end; null while that is unknown. */
  readonly end: number | null;
  readonly xUnit: 'steps' | 'epochs';
  /** A range that does not exaggerate; null fits the values. */
  readonly bounds: Extent | null;
}

/** The loss of every step, the watched metric, then everything else that was measured. */
export function seriesOf(state: RunState): readonly Series[] {
  const { watch, metrics } = state;
  const others = Object.keys(metrics).filter((name) => name !== watch.metric && !STEPWISE.has(name));
  return [
    lossSeries(state),
    metricSeries(state, watch.metric),
    ...others.map((name) => metricSeries(state, name)),
    rateSeries(state),
  ];
}

/** Drawn by steps already. */
const STEPWISE: ReadonlySet<string> = new Set(['train.loss', 'train.learning_rate']);

export function lossSeries(state: RunState): Series {
  return stepSeries(state, 'loss', state.loss);
}

function rateSeries(state: RunState): Series {
  return stepSeries(state, 'learning rate', state.learningRate);
}

function stepSeries(state: RunState, name: string, { points }: RunState['loss']): Series {
  return {
    name,
    points: placed(points, 1, ({ step, value }) => ({ x: step, y: value })),
    best: null,
    reached: state.step,
    end: state.totalSteps,
    xUnit: 'steps',
    bounds: null,
  };
}

/** Over epochs, and between them where somebody asked for a validation. */
export function metricSeries(state: RunState, name: string): Series {
  const stepsPerEpoch = state.data?.stepsPerEpoch ?? null;
  const epochOf = ({ step, epoch }: { readonly step: number; readonly epoch: number }) =>
    stepsPerEpoch === null ? epoch : step / stepsPerEpoch;
  const { best, watch } = state;
  const measured = state.metrics[name] ?? NOTHING;
  return {
    name: metricLabel(name, state.data?.classes ?? []),
    points: placed(measured, stepsPerEpoch, (point) => ({ x: epochOf(point), y: point.value })),
    best: name === watch.metric && best !== null ? { x: epochOf(best), y: best.value } : null,
    reached: state.epoch,
    end: state.data?.epochs ?? null,
    xUnit: 'epochs',
    // Dice and IoU live between 0 and 1: a curve on its full scale does not exaggerate.
    bounds: /dice|iou|sensitivity|precision/.test(name) && !name.endsWith(`.${MISSED}`) ? { min: 0, max: 1 } : null,
  };
}

const NOTHING: readonly never[] = [];

interface Placed {
  readonly unit: number | null;
  readonly points: readonly Point[];
}

/** Points are placed once, and again only when there are others: a run may have ten thousand, five times a second. */
const placements = new WeakMap<readonly object[], Placed>();

/** @param unit all that `place` knows beside the point */
function placed<T extends object>(
  values: readonly T[],
  unit: number | null,
  place: (value: T) => Point,
): readonly Point[] {
  const known = placements.get(values);
  if (known !== undefined && known.unit === unit) return known.points;
  const points = values.map(place);
  placements.set(values, { unit, points });
  return points;
}

/** Weight of the newest value, for one in every so many columns of a chart. */
const SMOOTHED_OVER = 25;

/** An exponential mean without the pull of its start (Kingma & Ba 2015, bias correction). */
export function smoothed(points: readonly Point[]): readonly Point[] {
  const weight = Math.min(1, SMOOTHED_OVER / Math.max(1, points.length) / 2 + 0.02);
  let mean = 0;
  let known = 0;
  return points.map(({ x, y }) => {
    if (!Number.isFinite(y)) return { x, y };
    mean += weight * (y - mean);
    known += weight * (1 - known);
    return { x, y: mean / known };
  });
}

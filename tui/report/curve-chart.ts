import type { MetricPoint } from '../../runtime/events/run-state.ts';
import { formatNumber } from '../format/quantities.ts';
import { letterOf } from '../output/letters.ts';
import { extentOf } from '../plot/scale.ts';
import { axisOf, tightAxis } from './axis.ts';
import { type Html, html } from './html.ts';
import { dashOf, hueOf } from './run-colour.ts';

/** One metric over the epochs, a curve for each run. */

export interface CurveChart {
  readonly metric: string;
  readonly better: 'max' | 'min';
  /** By run; empty where it was not measured. */
  readonly curves: readonly (readonly MetricPoint[])[];
  readonly isWide: boolean;
}

const HEIGHT = 260;
const MARGIN = { left: 48, right: 26, top: 12, bottom: 30 } as const;
/** Letters at the ends of curves, at least so far apart. */
const LETTER_HEIGHT = 13;

/** Null where no run has two points. */
export function curveChart({ metric, better, curves, isWide }: CurveChart): Html | null {
  const finite = curves.map((points) => points.filter(({ value }) => Number.isFinite(value)));
  if (finite.every((points) => points.length < 2)) return null;
  const width = isWide ? 960 : 560;
  const all = finite.flat();
  const x = tightAxis(extentOf(all.map(({ epoch }) => epoch)), MARGIN.left, width - MARGIN.right, isWide ? 10 : 6);
  const y = axisOf(extentOf(all.map(({ value }) => value)), HEIGHT - MARGIN.bottom, MARGIN.top);
  const lines = finite.map((points, run) => curveOf(points, run, x.at, y.at, better));
  return html`<figure class="card${isWide ? ' wide' : ''}" style="margin:0" data-points="${JSON.stringify(columnsOf(finite, x.at))}">
<h3>${metric} <span class="soft" style="font-weight:400">by epoch, ${better === 'max' ? 'larger is better' : 'smaller is better'}</span></h3>
<svg viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${metric} by epoch">
${y.ticks.map(
  ({ value, label }) =>
    html`<line class="grid" x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${y.at(value)}" y2="${y.at(value)}"/><text x="${MARGIN.left - 8}" y="${y.at(value) + 4}" text-anchor="end">${label}</text>`,
)}
${x.ticks
  .filter(({ value }) => Number.isInteger(value))
  .map(({ value, label }) => html`<text x="${x.at(value)}" y="${HEIGHT - 10}" text-anchor="middle">${label}</text>`)}
<line class="cursor" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}" hidden=""/>
${lines}
${lettersOf(finite, y.at).map(
  ({ run, at }) =>
    html`<text class="strong" data-run="${run}" style="${hueOf(run)};fill:var(--hue)" x="${width - MARGIN.right + 10}" y="${at + 4}">${letterOf(run)}</text>`,
)}
</svg></figure>`;
}

/** The best point is marked. */
function curveOf(
  points: readonly MetricPoint[],
  run: number,
  xAt: (epoch: number) => number,
  yAt: (value: number) => number,
  better: 'max' | 'min',
): Html | null {
  const [first] = points;
  if (first === undefined) return null;
  const best = points.reduce((a, b) => ((better === 'max' ? b.value > a.value : b.value < a.value) ? b : a), first);
  const path = points
    .map(({ epoch, value }, index) => `${index === 0 ? 'M' : 'L'}${xAt(epoch)} ${yAt(value)}`)
    .join('');
  return html`<g data-run="${run}" style="${hueOf(run)}"><path class="curve" d="${path}" stroke-dasharray="${dashOf(run)}"/><circle class="point" cx="${xAt(best.epoch)}" cy="${yAt(best.value)}" r="4.5"><title>best of ${letterOf(run)}: ${formatNumber(best.value)} in epoch ${best.epoch}</title></circle></g>`;
}

/** Where the letters stand: at the last point of each curve, pushed apart where curves end together. */
function lettersOf(curves: readonly (readonly MetricPoint[])[], yAt: (value: number) => number) {
  const ends = curves.flatMap((points, run) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ run, at: yAt(last.value) }];
  });
  let below = Number.NEGATIVE_INFINITY;
  return ends
    .sort((a, b) => a.at - b.at)
    .map(({ run, at }) => {
      below = Math.max(at, below + LETTER_HEIGHT);
      return { run, at: below };
    });
}

/** For the script: each epoch's place and what every run reached there. */
function columnsOf(curves: readonly (readonly MetricPoint[])[], xAt: (epoch: number) => number) {
  const epochs = [...new Set(curves.flatMap((points) => points.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  const byEpoch = curves.map((points) => new Map(points.map(({ epoch, value }) => [epoch, value])));
  return epochs.map((epoch) => [
    xAt(epoch),
    epoch,
    byEpoch.flatMap((values, run) => {
      const value = values.get(epoch);
      return value === undefined ? [] : [[run, letterOf(run), formatNumber(value)]];
    }),
  ]);
}

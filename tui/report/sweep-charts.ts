import { compareValues, type Effect, type Sweep } from '../../runtime/compare/sweep.ts';
import { formatNumber, plural } from '../format/quantities.ts';
import { heldBackText, statusText } from '../output/sweep.ts';
import { extentOf } from '../plot/scale.ts';
import { axisOf, tenths } from './axis.ts';
import { type Html, html } from './html.ts';

/** Of a sweep: the ranking, each run's way through the settings, and what each setting did. */

export function rankingTable({ trials, paths, rankedBy }: Sweep): Html {
  return html`<div class="card scroll"><table><thead><tr><th class="number">#</th><th class="number">${rankedBy.metric}</th>${paths.map((path) => html`<th>${path}</th>`)}<th>status</th><th>run</th></tr></thead><tbody>
${trials.map(
  (trial, rank) =>
    html`<tr data-trial="${rank}"><td class="number">${rank + 1}</td><td class="number${rank === 0 && trial.mean !== null ? ' best' : ''}">${trial.mean === null ? '–' : formatNumber(trial.mean)}${trial.deviation === null ? null : html`<span class="soft">± ${formatNumber(trial.deviation)}</span>`}</td>${paths.map((path) => html`<td class="path">${trial.settings[path] ?? '–'}</td>`)}<td>${statusText(trial)}</td><td>${trial.members.length === 1 ? (trial.members[0]?.id ?? '') : plural(trial.members.length, 'run')}</td></tr>`,
)}
</tbody></table></div>`;
}

const PARALLEL = { width: 960, height: 320, left: 100, right: 80, top: 44, bottom: 16 } as const;

/** Null where nothing varies, or less than two runs have a result. */
export function parallelChart({ trials, paths, rankedBy }: Sweep): Html | null {
  const measured = trials.flatMap(({ mean, settings }, rank) => (mean === null ? [] : [{ mean, settings, rank }]));
  if (paths.length === 0 || measured.length < 2) return null;
  const { width, height, left, right, top, bottom } = PARALLEL;
  const placeOf = (axis: number) => tenths(left + (axis * (width - left - right)) / paths.length);
  const [low, high] = [height - bottom, top];
  const values = extentOf(measured.map(({ mean }) => mean));
  const result = axisOf(values, low, high, 5);
  const settings = paths.map((path, index) => {
    const order = [...new Set(trials.map((trial) => trial.settings[path] ?? '–'))].sort(compareValues);
    const at = (value: string) =>
      tenths(order.length < 2 ? (low + high) / 2 : low - (order.indexOf(value) / (order.length - 1)) * (low - high));
    return { path, order, at, x: placeOf(index) };
  });
  const span = values.max - values.min;
  // Worst first, so that the better lines lie above.
  const lines = [...measured].reverse().map(({ mean, settings: own, rank }) => {
    const points = [
      ...settings.map(({ path, at, x }) => [x, at(own[path] ?? '–')] as const),
      [placeOf(paths.length), result.at(mean)] as const,
    ];
    const share = span === 0 ? 1 : (rankedBy.mode === 'max' ? mean - values.min : values.max - mean) / span;
    const told = [...paths.map((path) => `${path} ${own[path] ?? '–'}`), `${rankedBy.metric} ${formatNumber(mean)}`];
    return html`<path class="trial${rank === 0 ? ' first' : ''}" data-trial="${rank}" style="--share:${Math.round(share * 100)}%" d="${smooth(points)}"><title>${told.join('\n')}</title></path>`;
  });
  return html`<figure class="card" style="margin:16px 0 0"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="parallel coordinates of the sweep">
${lines}
${settings.map(({ path, order, at, x }) => html`<line class="axis" x1="${x}" x2="${x}" y1="${high}" y2="${low}"/><text class="strong" x="${x}" y="18" text-anchor="middle">${path}</text>${order.map((value) => html`<text x="${x - 8}" y="${at(value) + 4}" text-anchor="end">${value}</text>`)}`)}
<line class="axis" x1="${placeOf(paths.length)}" x2="${placeOf(paths.length)}" y1="${high}" y2="${low}"/><text class="strong" x="${placeOf(paths.length)}" y="18" text-anchor="middle">${rankedBy.metric}</text>
${result.ticks.map(({ value, label }) => html`<text x="${placeOf(paths.length) + 10}" y="${result.at(value) + 4}">${label}</text>`)}
</svg></figure>`;
}

/** A curve that leaves and enters each axis level, so that lines through one value can be told apart. */
function smooth(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], index) => {
      const before = points[index - 1];
      if (before === undefined) return `M${x} ${y}`;
      const middle = tenths((before[0] + x) / 2);
      return `C${middle} ${before[1]} ${middle} ${y} ${x} ${y}`;
    })
    .join('');
}

const EFFECT = { width: 560, height: 240, left: 60, right: 24, top: 14, bottom: 46 } as const;

/** All effects on one scale, so that settings can be compared with each other. */
export function effectCharts({ effects, rankedBy }: Sweep): readonly Html[] {
  const ends = effects.flatMap(({ values }) =>
    values.flatMap(({ mean, deviation }) => [mean - (deviation ?? 0), mean + (deviation ?? 0)]),
  );
  const y = axisOf(extentOf(ends), EFFECT.height - EFFECT.bottom, EFFECT.top);
  return effects.map((effect) => effectChart(effect, rankedBy.metric, y));
}

function effectChart({ path, values, heldBack, span }: Effect, metric: string, y: ReturnType<typeof axisOf>): Html {
  const { width, height, left, right } = EFFECT;
  const xOf = (index: number) => tenths(left + ((index + 0.5) * (width - left - right)) / values.length);
  const trend = values.map(({ mean }, index) => `${index === 0 ? 'M' : 'L'}${xOf(index)} ${y.at(mean)}`).join('');
  return html`<figure class="card" style="margin:0"><h3>${path} <span class="soft" style="font-weight:400">${values.length > 1 ? `${formatNumber(span)} between best and worst` : ''}</span></h3>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="mean ${metric} by ${path}">
${y.ticks.map(({ value, label }) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${y.at(value)}" y2="${y.at(value)}"/><text x="${left - 8}" y="${y.at(value) + 4}" text-anchor="end">${label}</text>`)}
<path class="trend" d="${trend}"/>
${values.map(({ value, mean, deviation, count }, index) => {
  const spread = deviation ?? 0;
  return html`<g><title>${value}: ${metric} ${formatNumber(mean)}${deviation === null ? '' : ` ± ${formatNumber(deviation)}`}, ${plural(count, 'run')}</title><line class="whisker" x1="${xOf(index)}" x2="${xOf(index)}" y1="${y.at(mean - spread)}" y2="${y.at(mean + spread)}"/><circle class="mean" cx="${xOf(index)}" cy="${y.at(mean)}" r="6"/><text class="strong" x="${xOf(index)}" y="${height - 24}" text-anchor="middle">${value}</text><text x="${xOf(index)}" y="${height - 7}" text-anchor="middle">${formatNumber(mean)}, n = ${count}</text></g>`;
})}
</svg>${heldBack.length === 0 ? null : html`<p class="soft">${heldBackText(heldBack)}</p>`}</figure>`;
}

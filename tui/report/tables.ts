import type { ComparedMetric, Comparison } from '../../runtime/compare/compare-runs.ts';
import { metricLabel } from '../../runtime/metrics/table.ts';
import { formatNumber, plural } from '../format/quantities.ts';
import { letterOf } from '../output/letters.ts';
import { type Html, html } from './html.ts';
import { hueOf } from './run-colour.ts';

/** What was changed, and what came of it, run by run. */

export function differencesTable({ runs, differences, sameValues }: Comparison): Html {
  const same = `${plural(sameValues, 'value')} the same`;
  if (differences.length === 0) return html`<p class="soft">The plans are the same: ${same}.</p>`;
  return html`<div class="card scroll"><table><thead><tr><th>setting</th>${runs.map((_, run) => letterHead(run))}</tr></thead><tbody>
${differences.map(
  ({ path, values }) =>
    html`<tr><td class="path">${path}</td>${values.map((value, run) => html`<td class="path">${run > 0 && value !== values[0] ? html`<span class="changed">${value ?? '–'}</span>` : (value ?? '–')}</td>`)}</tr>`,
)}
</tbody></table></div><p class="soft" style="margin-top:8px">${same}.</p>`;
}

export function metricsTable({ runs, metrics, classes }: Comparison): Html {
  return html`<div class="card scroll"><table><thead><tr><th>metric</th>${runs.map((_, run) => html`<th class="number" colspan="1"><span class="letter" style="${hueOf(run)}">${letterOf(run)}</span> best, epoch</th><th class="number">last</th>`)}</tr></thead><tbody>
${metrics.map((metric) => html`<tr><td class="path">${metricLabel(metric.name, classes)}</td>${metric.values.map((value, run) => metricCells(metric, value, run))}</tr>`)}
</tbody></table></div>`;
}

function metricCells({ winner }: ComparedMetric, value: ComparedMetric['values'][number], run: number): Html {
  if (value === null) return html`<td class="number">–</td><td class="number">–</td>`;
  const { best, last } = value;
  return html`<td class="number${winner === run ? ' best' : ''}">${formatNumber(best.value)}<span class="soft">${best.epoch}</span></td><td class="number">${formatNumber(last.value)}</td>`;
}

function letterHead(run: number): Html {
  return html`<th><span class="letter" style="${hueOf(run)}">${letterOf(run)}</span></th>`;
}

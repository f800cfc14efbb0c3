import type { Comparison } from '../../runtime/compare/compare-runs.ts';
import type { ComparedRun } from '../../runtime/compare/compared-run.ts';
import type { Sweep } from '../../runtime/compare/sweep.ts';
import { formatDate, formatDuration, formatNumber, plural } from '../format/quantities.ts';
import { statusWords } from '../format/status.ts';
import { directionOf } from '../metric-direction.ts';
import { letterOf } from '../output/letters.ts';
import { caseChart } from './case-chart.ts';
import { curveChart } from './curve-chart.ts';
import { type Html, html, verbatim } from './html.ts';
import { hueOf } from './run-colour.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { effectCharts, parallelChart, rankingTable } from './sweep-charts.ts';
import { differencesTable, metricsTable } from './tables.ts';

/** `exp compare … --html`: all of a comparison as one file, which loads nothing and may be sent to anybody. */

export interface ComparisonPage {
  readonly comparison: Comparison;
  readonly runs: readonly ComparedRun[];
  /** Null where runs are compared that belong to no sweep. */
  readonly sweep: Sweep | null;
  readonly now: Date;
}

/** A policy as well as a promise: the browser refuses to load anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
/** Not a result. */
const NOT_DRAWN: ReadonlySet<string> = new Set(['train.learning_rate']);

export function comparisonPage(page: ComparisonPage): string {
  const title = titleOf(page);
  const { html: text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title><style>${verbatim(STYLE)}</style></head>
<body><main>
<header><h1>${title}</h1><p class="soft">${formatDate(page.now.getTime())} · exp compare</p></header>
${page.sweep === null ? runsPart(page) : sweepPart(page.sweep)}
${curvesPart(page)}
${page.sweep === null ? casesPart(page) : null}
<footer class="soft">Differences of cases are tested with Wilcoxon’s signed-rank test, two-sided; where there are several tests, p is corrected by Holm’s method. Circles on curves mark each run’s best epoch.</footer>
</main><div id="tip" hidden></div><script>${verbatim(SCRIPT)}</script></body></html>
`;
  return text;
}

function titleOf({ sweep, runs }: ComparisonPage): string {
  if (sweep !== null) return `${sweep.id}: ${plural(sweep.members.length, 'run')}`;
  const experiments = [...new Set(runs.map(({ settings }) => settings.get('experiment.name') ?? ''))].filter(Boolean);
  return `${experiments.length === 1 ? `${experiments[0]}: ` : ''}comparison of ${plural(runs.length, 'run')}`;
}

function runsPart({ runs, comparison }: ComparisonPage): Html {
  return html`<div class="runs">${runs.map(runCard)}</div>
<h2>What was changed</h2>
${differencesTable(comparison)}
<h2>What came of it</h2>
${metricsTable(comparison)}`;
}

/** Also the legend, and the switch of its curves. */
function runCard({ id, profile, status, epoch, seconds, best, watch }: ComparedRun, index: number): Html {
  const facts = [profile ?? 'no profile', statusWords(status), plural(epoch, 'epoch')];
  if (seconds !== null) facts.push(formatDuration(seconds));
  const reached =
    best === null
      ? null
      : html`<span class="big">${formatNumber(best.value)}</span><span class="soft">best ${watch.metric}, epoch ${best.epoch}</span>`;
  return html`<button class="card run" type="button" style="${hueOf(index)}" data-run="${index}" aria-pressed="true" title="hide or show its curves"><b>${letterOf(index)}</b><span class="name">${id}</span>${reached}<br><span class="soft">${facts.join(' · ')}</span></button>`;
}

function sweepPart(sweep: Sweep): Html {
  const effects = effectCharts(sweep);
  return html`<h2>Ranking</h2>
${rankingTable(sweep)}
${parallelChart(sweep)}
${effects.length === 0 ? null : html`<h2>What each setting did</h2><p class="soft">Mean best ${sweep.rankedBy.metric} of all runs with a value, over everything else that varied; bars are one standard deviation. The setting that mattered most comes first.</p><div class="charts">${effects}</div>`}`;
}

/** What the runs are judged by comes first, over the whole width where the others then fill their rows. */
function curvesPart({ runs, comparison, sweep }: ComparisonPage): Html | null {
  const watched = runs[0]?.watch.metric;
  const names = comparison.metrics.map(({ name }) => name).filter((name) => !NOT_DRAWN.has(name));
  const ordered = [...names.filter((name) => name === watched), ...names.filter((name) => name !== watched)];
  const drawn = ordered.filter((name) => runs.some(({ metrics }) => (metrics[name]?.length ?? 0) > 1));
  const charts = drawn.flatMap((metric, index) => {
    const curves = runs.map(({ metrics }) => metrics[metric] ?? []);
    const isWide = index === 0 && drawn.length % 2 === 1;
    return curveChart({ metric, better: directionOf(metric), curves, isWide }) ?? [];
  });
  if (charts.length === 0) return null;
  const legend = sweep === null ? null : html`<div class="runs" style="margin:0 0 16px">${runs.map(runCard)}</div>`;
  return html`<h2>Curves</h2>${legend}<div class="charts">${charts}</div>`;
}

function casesPart({ comparison, runs }: ComparisonPage): Html | null {
  const place = (id: string) => {
    const index = runs.findIndex((run) => run.id === id);
    return { index, letter: letterOf(index) };
  };
  const charts = comparison.cases.flatMap((paired) => {
    const ends = { before: place(paired.against), after: place(paired.run) };
    return caseChart({ paired, better: directionOf(`val.${paired.metric}`), ...ends }) ?? [];
  });
  return charts.length === 0 ? null : html`<h2>Case by case</h2>${charts}`;
}

import type { ComparedMetric, Comparison, PairedCases } from '../../runtime/compare/compare-runs.ts';
import type { ComparedRun } from '../../runtime/compare/compared-run.ts';
import { metricLabel } from '../../runtime/metrics/table.ts';
import { formatNumber, plural } from '../format/quantities.ts';
import { statusWords } from '../format/status.ts';
import { type ChartTone, type Point, renderChart } from '../plot/chart.ts';
import { painter, type Tone } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { letterOf } from './letters.ts';
import { missedNote } from './missed-note.ts';
import { columns, fittedColumns } from './table.ts';

/** `exp compare`: what was changed, and what came of it. */

const CHART_TONES: Readonly<Record<ChartTone, Tone>> = { axis: 'dim', curve: 'accent', under: 'dim', mark: 'good' };
const CHART_ROWS = 9;
const GAP = 3;
/** Narrower charts say nothing. */
const MIN_CHART_COLUMNS = 30;
/** Cases to name: the ones that differ most. */
const NAMED_CASES = 3;
/** Differences at this level are seldom chance. */
const SIGNIFICANT = 0.05;
/** Of fewer pairs even the clearest result is not that rare: 2 / 2⁵ > 0.05. */
const MIN_PAIRS = 6;

export function formatComparison(
  comparison: Comparison,
  runs: readonly ComparedRun[],
  terminal: Terminal,
  width: number,
): string {
  const lines = [
    ...runLines(runs, terminal),
    '',
    ...differenceLines(comparison, terminal, width),
    '',
    ...metricLines(comparison, terminal, width),
    ...curveLines(runs, terminal, width),
    ...comparison.cases.flatMap((paired) => ['', ...caseLines(paired, comparison, terminal)]),
  ];
  return `${(terminal.unicode ? lines : lines.map(toAscii)).join('\n')}\n`;
}

function runLines(runs: readonly ComparedRun[], { color }: Terminal): readonly string[] {
  const paint = painter(color);
  return columns(
    runs.map(({ id, profile, status, epoch, folder, remote }, index) => [
      paint(letterOf(index), 'strong'),
      id,
      profile ?? 'no profile',
      statusWords(status),
      `epoch ${epoch}`,
      folder === null && remote !== null ? `on ${new URL(remote.uri).host}` : '',
    ]),
  );
}

function differenceLines(
  { runs, differences, sameValues }: Comparison,
  { color }: Terminal,
  width: number,
): readonly string[] {
  const paint = painter(color);
  const same = `${plural(sameValues, 'value')} the same`;
  if (differences.length === 0) return [`the plans are the same: ${same}`];
  const [head = '', ...rows] = fittedColumns(
    [
      ['PLAN', ...runs.map((_, index) => letterOf(index))],
      ...differences.map(({ path, values }) => [path, ...values.map((value) => value ?? '–')]),
    ],
    width,
  );
  return [paint(head, 'dim'), ...rows, paint(same, 'dim')];
}

function metricLines({ runs, metrics, classes }: Comparison, { color }: Terminal, width: number): readonly string[] {
  const paint = painter(color);
  const [head = '', ...rows] = fittedColumns(
    [
      ['METRIC', ...runs.flatMap((_, index) => [`${letterOf(index)} best (epoch)`, 'last']), 'best run'],
      ...metrics.map((metric) => [
        metricLabel(metric.name, classes),
        ...metric.values.flatMap(metricCells),
        winnerOf(metric),
      ]),
    ],
    width,
  );
  return [
    paint(head, 'dim'),
    ...rows,
    ...missedNote(metrics.map(({ name }) => name)).map((note) => paint(note, 'dim')),
  ];
}

function metricCells(value: ComparedMetric['values'][number]): readonly string[] {
  if (value === null) return ['–', '–'];
  return [`${formatNumber(value.best.value)} (${value.best.epoch})`, formatNumber(value.last.value)];
}

function winnerOf({ winner }: ComparedMetric): string {
  return winner === null ? '' : letterOf(winner);
}

/** The watched metric of each run, side by side on one scale. @param isLettered whether several are told apart */
export function curveLines(
  runs: readonly ComparedRun[],
  { color, unicode }: Terminal,
  width: number,
  isLettered = true,
): readonly string[] {
  const paint = painter(color);
  const perRow = Math.max(1, Math.min(runs.length, Math.floor((width + GAP) / (MIN_CHART_COLUMNS + GAP))));
  const chartColumns = Math.floor((width - GAP * (perRow - 1)) / perRow);
  const curves = runs.map(({ watch, metrics, best, classes }) => ({
    name: metricLabel(watch.metric, classes),
    points: (metrics[watch.metric] ?? []).map(({ epoch, value }): Point => ({ x: epoch, y: value })),
    best,
  }));
  const drawn = curves.filter(({ points }) => points.length > 1);
  if (drawn.length === 0) return [];
  const values = drawn.flatMap(({ points }) => points.map(({ y }) => y).filter(Number.isFinite));
  const y = { min: Math.min(...values), max: Math.max(...values) };
  const x = { min: 0, max: Math.max(...drawn.flatMap(({ points }) => points.map((point) => point.x))) };
  const charts = curves.map(({ name, points, best }, index) => {
    const mark = best === null ? null : { x: best.epoch, y: best.value };
    const characters = unicode ? 'braille' : 'ascii';
    const chart = renderChart(points, {
      columns: chartColumns,
      rows: CHART_ROWS,
      characters,
      x,
      y,
      mark,
      xUnit: 'epochs',
    });
    const title = (isLettered ? `${letterOf(index)}  ${name}` : name).slice(0, chartColumns).padEnd(chartColumns);
    return [
      paint(title, 'strong'),
      ...chart.map((line) => line.map(({ text, tone }) => paint(text, CHART_TONES[tone])).join('')),
    ];
  });
  const lines: string[] = [];
  for (let start = 0; start < charts.length; start += perRow) {
    const row = charts.slice(start, start + perRow);
    lines.push(
      '',
      ...(row[0] ?? []).map((_, line) =>
        row
          .map((chart) => chart[line])
          .join(' '.repeat(GAP))
          .trimEnd(),
      ),
    );
  }
  return lines;
}

function caseLines(paired: PairedCases, { runs, classes }: Comparison, { color }: Terminal): readonly string[] {
  const paint = painter(color);
  const name = (id: string) => letterOf(runs.indexOf(id));
  const { pairs, meanDifference } = paired;
  const title = `${name(paired.run)} against ${name(paired.against)}, ${metricLabel(paired.metric, classes)} of ${plural(pairs.length, 'case')}`;
  const rows = columns(
    pairs
      .filter(({ before, after }) => before !== after)
      .slice(0, NAMED_CASES)
      .map(({ subject, before, after }) => [
        `  ${subject}`,
        `${formatNumber(before)} → ${formatNumber(after)}`,
        signed(after - before),
      ]),
  );
  return [paint(title, 'strong'), `  mean difference ${signed(meanDifference)}: ${verdict(paired)}`, ...rows];
}

/** A test's result in words: of one among several, after Holm's correction for all of them. */
export function verdict({ test: { pairs }, corrected }: Pick<PairedCases, 'test' | 'corrected'>): string {
  if (corrected === null) return 'no case differs';
  if (pairs < MIN_PAIRS) return 'too few cases to tell it from chance';
  const { pValue, tests } = corrected;
  const p = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  const said = pValue < SIGNIFICANT ? 'more than chance would do' : 'no more than chance may do';
  const among = tests === 1 ? '' : ` after Holm’s correction for ${tests} tests`;
  return `${said} (${p}${among}, Wilcoxon signed-rank on ${plural(pairs, 'pair')})`;
}

export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${formatNumber(Math.abs(value))}`;
}

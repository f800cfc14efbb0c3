import { compareRuns } from '../../runtime/compare/compare-runs.ts';
import type { ComparedRun } from '../../runtime/compare/compared-run.ts';
import { metricLabel } from '../../runtime/metrics/table.ts';
import { meanOf } from '../../runtime/statistics.ts';
import { formatDuration, formatNumber, plural } from '../format/quantities.ts';
import { statusWords } from '../format/status.ts';
import { directionOf } from '../metric-direction.ts';
import { painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toAscii } from '../terminal/text.ts';
import { curveLines } from './compare.ts';
import { missedNote } from './missed-note.ts';
import { columns, cutLines } from './table.ts';

/** `exp show RUN`: what was told to it, each metric, the curve that it is judged by, and its cases. */

const MARGIN = '  ';
const WORST = 3;

/** Settings in the order that a person asks for them; what a plan lacks is left out. */
const FACTS: readonly (readonly [label: string, paths: readonly string[]])[] = [
  ['data', ['dataset.source.layout', 'dataset.source.root', 'dataset.fold.index']],
  ['model', ['model.name', 'model.init_filters', 'model.feature_size', 'model.weights', 'facts.parameters']],
  ['patch', ['patch', 'batch_size', 'sampling.kind']],
  ['loss', ['loss.kind']],
  ['optimizer', ['optimizer.kind', 'optimizer.learning_rate', 'optimizer.weight_decay', 'schedule.lr_schedule.kind']],
  ['seed', ['seed']],
];

/** Names that say what the number behind them is; the others go without. */
const NAMED = /\.(index|init_filters|feature_size|parameters|learning_rate|weight_decay)$|^batch_size$/;

export function formatRunDetails(run: ComparedRun, terminal: Terminal, width: number): string {
  const lines = [
    ...factLines(run, terminal, width),
    ...metricLines(run, terminal),
    ...curveLines([run], terminal, Math.min(width, 100), false),
    ...caseLines(run, terminal),
  ];
  return `${(terminal.unicode ? lines : lines.map(toAscii)).join('\n')}\n`;
}

/** For a run that only a server has: there is no folder to tell of. */
export function formatRemoteHead(run: ComparedRun, page: string, { color, unicode }: Terminal): string {
  const paint = painter(color);
  const { id, status, profile, epoch, seconds, best, watch } = run;
  const extent = [plural(epoch, 'epoch'), ...(seconds === null ? [] : [formatDuration(seconds)])].join(', ');
  const rows = [
    ...(best === null ? [] : [['best', `${watch.metric} ${formatNumber(best.value)} in epoch ${best.epoch}`]]),
    ...(profile === null ? [] : [['profile', profile]]),
    ['mlflow', page],
  ];
  const lines = [
    `${paint(statusWords(status), 'strong')}  ${id}  ${extent}`,
    ...rows.map(([label = '', text = '']) => `${MARGIN}${paint(label.padEnd(12), 'dim')}${text}`),
  ];
  return `${(unicode ? lines : lines.map(toAscii)).join('\n')}\n`;
}

function factLines({ settings }: ComparedRun, { color }: Terminal, width: number): readonly string[] {
  const paint = painter(color);
  const known = (path: string) => {
    const value = settings.get(path);
    return value === undefined || value === 'null'
      ? []
      : [NAMED.test(path) ? `${path.split('.').at(-1)} ${value}` : value];
  };
  const rows = FACTS.flatMap(([label, paths]) => {
    const text = paths.flatMap(known).join(', ');
    return text === '' ? [] : [`${MARGIN}${label.padEnd(12)}${text}`];
  });
  const cut = cutLines(rows, width);
  const labelled = cut.map((row) => `${MARGIN}${paint(row.slice(2, 14), 'dim')}${row.slice(14)}`);
  return labelled.length === 0 ? [] : ['', ...labelled];
}

function metricLines(run: ComparedRun, { color }: Terminal): readonly string[] {
  const { metrics } = compareRuns([run], directionOf);
  const rows = metrics.flatMap(({ name, values: [value] }) => {
    if (value == null) return [];
    const { best, last } = value;
    return [
      [
        `${MARGIN}${metricLabel(name, run.classes)}`,
        formatNumber(best.value),
        String(best.epoch),
        formatNumber(last.value),
      ],
    ];
  });
  if (rows.length === 0) return [];
  const [head = '', ...lines] = columns([[`${MARGIN}METRIC`, 'BEST', 'EPOCH', 'LAST'], ...rows]);
  const notes = missedNote(metrics.map(({ name }) => name)).map((note) => `${MARGIN}${painter(color)(note, 'dim')}`);
  return ['', painter(color)(head, 'dim'), ...lines, ...notes];
}

function caseLines({ cases, classes, watch }: ComparedRun, { color }: Terminal): readonly string[] {
  const measures = [...cases.values()].flatMap((metrics) => Object.keys(metrics));
  const metric = measures.find((name) => `val.${name}` === watch.metric) ?? measures[0];
  if (metric === undefined) return [];
  const measured = [...cases].flatMap(([subject, metrics]) => {
    const value = metrics[metric];
    return value === undefined || !Number.isFinite(value) ? [] : [{ subject, value }];
  });
  const sign = directionOf(`val.${metric}`) === 'max' ? 1 : -1;
  const worst = measured.toSorted((a, b) => sign * (a.value - b.value)).slice(0, WORST);
  const mean = meanOf(measured.map(({ value }) => value));
  if (mean === null) return [];
  const title = `${plural(measured.length, 'case')}, mean ${metricLabel(metric, classes)} ${formatNumber(mean)}`;
  const named = worst.map(({ subject, value }) => `${subject} ${formatNumber(value)}`).join(', ');
  return ['', `${MARGIN}${painter(color)(title, 'strong')}; the worst: ${named}`];
}

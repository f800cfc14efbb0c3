import { isMetricName, METRICS } from '../../compiler/fields/metrics.ts';
import { medianOf } from '../../compiler/quantiles.ts';
import type { PredictEventOf } from '../../runtime/predict/events.ts';
import { formatDuration, plural } from '../format/quantities.ts';
import { toAscii } from '../terminal/text.ts';
import { columns } from './table.ts';

/** What was predicted or measured, case by case. */

export interface CaseTable {
  /** Background first. */
  readonly classes: readonly string[];
  /** Empty where there was no truth. */
  readonly metrics: readonly string[];
  readonly cases: readonly PredictEventOf<'case_finished'>[];
}

interface Column {
  readonly title: string;
  readonly valueOf: (found: PredictEventOf<'case_finished'>) => number | undefined;
  readonly digits: number;
}

const MISSING = '–';
const WORST = 3;

/** Measures of each case with mean and median, and the worst cases; volumes where there was no truth. */
export function formatCaseTable(table: CaseTable, unicode: boolean): string {
  const { cases } = table;
  if (cases.length === 0) return '';
  const shown = columnsOf(table);
  const header = ['case', ...shown.map(({ title }) => title), 'time'];
  const rows = cases.map((found) => [
    found.id,
    ...shown.map((column) => show(column.valueOf(found), column.digits)),
    formatDuration(found.seconds),
  ]);
  const summary = (name: string, of: (values: readonly number[]) => number | undefined) => [
    name,
    ...shown.map((column) => show(of(valuesOf(column, cases)), column.digits)),
  ];
  const several = cases.length > 1 ? [summary('mean', mean), summary('median', median)] : [];
  const lines = [...columns([header, ...rows, ...several]), ...worstLines(table), ...writtenLines(cases)];
  const text = `${lines.join('\n')}\n`;
  return unicode ? text : text.split('\n').map(toAscii).join('\n');
}

/** One line a case: every measure under its name, volumes in millilitres, seconds, files. What has no value is empty. */
export function formatCsv(table: CaseTable): string {
  const shown = columnsOf(table);
  const volumes = table.classes.slice(1);
  const header = [
    'case',
    'image',
    ...shown.map(({ title }) => title),
    ...(table.metrics.length === 0 ? [] : volumes.map((name) => `${name} (ml)`)),
    'seconds',
    'labels',
  ];
  const rows = table.cases.map((found) => [
    found.id,
    found.image,
    ...shown.map((column) => column.valueOf(found) ?? ''),
    ...(table.metrics.length === 0 ? [] : volumes.map((name) => found.volumes[name] ?? '')),
    found.seconds.toFixed(2),
    found.files.labels ?? '',
  ]);
  return [header, ...rows].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

/** @see RFC 4180 */
function quoted(cell: string | number): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function columnsOf({ classes, metrics }: CaseTable): readonly Column[] {
  const foreground = classes.slice(1);
  if (metrics.length === 0)
    return foreground.map((name) => ({ title: `${name} (ml)`, valueOf: ({ volumes }) => volumes[name], digits: 2 }));
  return metrics.flatMap((metric): Column[] => {
    const unit = isMetricName(metric) ? METRICS[metric].unit : null;
    const digits = unit === null ? 4 : 2;
    const title = unit === null ? metric : `${metric} (${unit})`;
    const own = { title, valueOf: ({ metrics: values }: PredictEventOf<'case_finished'>) => values[metric], digits };
    const each = foreground.map((name, index) => ({
      title: `${metric} ${name}`,
      valueOf: ({ metrics: values }: PredictEventOf<'case_finished'>) => values[`${metric}.${index + 1}`],
      digits,
    }));
    return foreground.length > 1 ? [own, ...each] : [own];
  });
}

/** The worst cases by the first metric; a case without a value is not among them. */
function worstLines({ metrics, cases }: CaseTable): readonly string[] {
  const [metric] = metrics;
  if (metric === undefined || cases.length <= WORST) return [];
  const sign = isMetricName(metric) && METRICS[metric].better === 'min' ? -1 : 1;
  const measured = cases.flatMap(({ id, metrics: values }) => {
    const value = values[metric];
    return value === undefined ? [] : [{ id, value }];
  });
  const worst = measured.sort((a, b) => sign * (a.value - b.value)).slice(0, WORST);
  const named = worst.map(({ id, value }) => `${id} (${show(value, 4)})`).join(', ');
  return worst.length === 0 ? [] : ['', `worst by ${metric}: ${named}`];
}

function writtenLines(cases: CaseTable['cases']): readonly string[] {
  const written = cases.filter(({ files }) => files.labels !== null);
  const [first] = written;
  if (first === undefined) return [];
  return ['', `${plural(written.length, 'segmentation')} written, the first to ${first.files.labels}`];
}

function show(value: number | undefined, digits: number): string {
  return value === undefined ? MISSING : value.toFixed(digits);
}

function valuesOf(column: Column, cases: CaseTable['cases']): readonly number[] {
  return cases.flatMap((found) => {
    const value = column.valueOf(found);
    return value === undefined ? [] : [value];
  });
}

function median(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : medianOf(values);
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0) / values.length;
}

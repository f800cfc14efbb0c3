import { medianOf, quantile } from '../../compiler/quantiles.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import { describeMachine } from '../harness/machine.ts';
import type { Result } from '../harness/record.ts';
import { type Column, type Format, SECTIONS, type Section } from './tables.ts';

const INTRODUCTION = `# Performance

Made by \`npm run bench:report\` from \`bench/results.jsonl\`; no figure here is written by hand. Each bench is one command and adds
its lines to that file; of each case the newest whole measurement is shown, or else the newest \`--quick\` one, marked so.

A plus sign behind a commit: with changes that were not committed yet.

*MONAI as installed* is what \`pip install monai torch\` gives. *MONAI tuned* has the same allocator settings as ours (no memory maps,
huge pages) and channels-last tensors: most of what an untuned PyTorch takes on large patches are page faults.

Figures are medians, with the least and the greatest in brackets. Ratios are the peer's median over ours. Conditions stand below each
table: the load of the machine before and after, and how many cores others kept busy meanwhile on average. Figures of a loaded machine say
what the subjects, which took turns, took under that load; they are not what a quiet machine takes.
`;

export function reportOf(results: readonly Result[]): string {
  const sections = SECTIONS.map((section) => sectionOf(section, shownOf(results, section.bench)));
  return [INTRODUCTION, ...sections.filter((text) => text !== null)].join('\n');
}

/** The newest measurement of each case and subject; a whole one before a quick one. */
function shownOf(results: readonly Result[], bench: string): readonly Result[] {
  const newest = new Map<string, Result>();
  for (const result of results.filter((candidate) => candidate.bench === bench)) {
    const key = `${result.case}\n${result.subject}`;
    const before = newest.get(key);
    if (before === undefined || before.quick || !result.quick) newest.set(key, result);
  }
  return [...newest.values()];
}

function sectionOf(section: Section, results: readonly Result[]): string | null {
  if (results.length === 0) return null;
  const cases = [...new Set(results.map((result) => result.case))];
  const tables =
    section.columns === 'each metric'
      ? cases.flatMap((name) => [`**${name}**\n`, metricTable(results.filter((result) => result.case === name))])
      : [caseTable(section.columns, cases, results)];
  return [`## ${section.title}\n`, `\`${section.command}\`. ${section.text}\n`, ...tables, conditionsOf(results)].join(
    '\n',
  );
}

/** One line for each case and subject. */
function caseTable(columns: readonly Column[], cases: readonly string[], results: readonly Result[]): string {
  const used = columns.filter(({ metric }) => results.some(({ metrics }) => metric in metrics));
  const head = used.flatMap(({ title, ratio }) => (ratio && hasPeers(results) ? [title, 'ratio'] : [title]));
  const rows = cases.flatMap((name) => {
    const ofCase = results.filter((result) => result.case === name);
    const ours = ofCase.find(({ subject }) => subject === 'exp');
    return ofCase.map((result) => {
      const cells = used.flatMap(({ metric, format, ratio }) => {
        const cell = figure(result.metrics[metric], format);
        return ratio && hasPeers(results) ? [cell, ratioOf(result, ours, metric)] : [cell];
      });
      return [`${name}${result.quick ? ' (quick)' : ''}`, result.subject, ...cells];
    });
  });
  return tableOf(['case', 'subject', ...head], rows);
}

/** One line for each metric, one column for each subject. */
function metricTable(results: readonly Result[]): string {
  const ours = results.find(({ subject }) => subject === 'exp');
  const names = [...new Set(results.flatMap(({ metrics }) => Object.keys(metrics)))];
  const rows = names.map((metric) => [
    metric.replace(/_ms$/, ''),
    ...results.flatMap((result) => {
      const cell = figure(result.metrics[metric], 'milliseconds');
      return result === ours ? [cell] : [cell, ratioOf(result, ours, metric)];
    }),
  ]);
  const heads = results.flatMap((result) => {
    const title = `${result.subject}, ms${result.quick ? ' (quick)' : ''}`;
    return result === ours ? [title] : [title, 'ratio'];
  });
  return tableOf(['', ...heads], rows);
}

function hasPeers(results: readonly Result[]): boolean {
  return results.some(({ subject }) => subject.startsWith('MONAI'));
}

function ratioOf(result: Result, ours: Result | undefined, metric: string): string {
  const [theirs, own] = [result.metrics[metric], ours?.metrics[metric]];
  if (result === ours || theirs === undefined || own === undefined) return '';
  return `${(medianOf(theirs) / medianOf(own)).toFixed(2)}×`;
}

function figure(values: readonly number[] | undefined, format: Format): string {
  if (values === undefined || values.length === 0) return '';
  const middle = formatted(medianOf(values), format);
  if (values.length === 1) return middle;
  return `${middle} (${formatted(quantile(values, 0), format)}–${formatted(quantile(values, 1), format)})`;
}

function formatted(value: number, format: Format): string {
  switch (format) {
    case 'seconds':
      return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
    case 'milliseconds':
      return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
    case 'gigabytes':
      return `${(value / 1e9).toFixed(2)} GB`;
    case 'bytes':
      return `${value.toFixed(0)} B`;
    case 'percent':
      return `${(100 * value).toFixed(2)} %`;
    case 'number':
      return Number.isInteger(value) ? String(value) : value.toExponential(1);
    case 'dice':
      return value.toFixed(4);
    default:
      return assertNever(format);
  }
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column < 1 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Where, when and beside what the figures of a table were taken. */
function conditionsOf(results: readonly Result[]): string {
  const machines = new Set(results.map(({ machine }) => describeMachine(machine)));
  const groups = new Map<string, string[]>();
  for (const { case: name, at, commit, conditions } of results) {
    const others = conditions.othersCores === null ? 'not counted' : `${conditions.othersCores} cores`;
    const text = `${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}, load ${conditions.loadBefore} before and ${conditions.loadAfter} after, others: ${others}`;
    groups.set(text, [...(groups.get(text) ?? []), name]);
  }
  const lines = [...groups].map(([text, names]) => `- ${[...new Set(names)].join('; ')}: ${text}`);
  return ['', ...[...machines].map((machine) => `Machine: ${machine}.`), '', ...lines, ''].join('\n');
}

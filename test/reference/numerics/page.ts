import type { MachineFacts } from './machine.ts';
import { type CollectedRow, SUBJECTS, type Subject } from './row.ts';

/** docs/numerics.md: one table for each subject, what is over its tolerance named first. */

export function renderPage(rows: readonly CollectedRow[], facts: MachineFacts): string {
  const over = rows.filter((row) => !(row.difference <= row.tolerance));
  const versions = Object.entries(facts.packages).map(([name, version]) => `${name} ${version}`);
  const sections = Object.keys(SUBJECTS).flatMap((subject) => section(subject as Subject, rows));
  return [
    '# Numbers beside the reference’s',
    '',
    'Made by `npm run numerics`; do not edit. Each row is a test: it fails when the difference exceeds its tolerance.',
    '',
    `Node ${facts.node} · ${versions.join(' · ')} · ${facts.processor}`,
    '',
    summary(rows.length, over),
    ...sections,
  ].join('\n');
}

function summary(total: number, over: readonly CollectedRow[]): string {
  if (over.length === 0) return `${total} comparisons, all within their tolerance.\n`;
  const list = over.map((row) => `- ${row.what}: ${shown(row.difference)}, allowed ${shown(row.tolerance)}`);
  return `${total} comparisons, **${over.length} over their tolerance**:\n\n${list.join('\n')}\n`;
}

function section(subject: Subject, rows: readonly CollectedRow[]): string[] {
  const { title, about } = SUBJECTS[subject];
  const own = rows.filter((row) => row.subject === subject);
  if (own.length === 0) return [`## ${title}`, '', 'No comparison ran yet.', ''];
  const dates = [...new Set(own.map((row) => row.date))].sort();
  const single = own.some((row) => row.ours !== null);
  const columns = single
    ? ['what', 'reference', 'ours', 'reference’s', 'difference', 'allowed']
    : ['what', 'reference', 'difference', 'allowed'];
  const cells = own.map((row) => [
    row.what,
    row.reference,
    ...(single ? [value(row.ours), value(row.theirs)] : []),
    row.difference <= row.tolerance ? shown(row.difference) : `**${shown(row.difference)}**`,
    shown(row.tolerance),
  ]);
  const line = (parts: readonly string[]) => `| ${parts.join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    `${about} ${dates.join(', ')}.`,
    '',
    line(columns),
    line(columns.map((name) => (name === 'what' || name === 'reference' ? '---' : '---:'))),
    ...cells.map(line),
    '',
  ];
}

function value(number: number | null): string {
  if (number === null) return '';
  return Number.isFinite(number) ? String(Number(number.toPrecision(6))) : String(number);
}

function shown(number: number): string {
  if (number === 0) return '0';
  return Number.isFinite(number) ? number.toExponential(1) : String(number);
}

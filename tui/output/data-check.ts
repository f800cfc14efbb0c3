import type { Finding } from '../../runtime/data/check/finding.ts';
import { plural } from '../format/quantities.ts';
import { painter } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { oneLine, toAscii, wrapWords } from '../terminal/text.ts';
import { columns } from './table.ts';

/** Cases named in one row of the table; `--json` names all. */
const CASES_SHOWN = 3;

/** Rows of one kind in the table; the rest is counted. */
const ROWS_SHOWN = 12;

export interface CheckReport {
  readonly name: string;
  readonly root: string;
  readonly cases: number;
  readonly findings: readonly Finding[];
}

/** `exp data check` as a table of findings and a sentence. */
export function formatCheck({ name, root, cases, findings }: CheckReport, terminal: Terminal, width: number): string {
  const paint = painter(terminal.color);
  const rows = shownRows(findings);
  const table = columns(rows.map(({ severity, kind, about }) => [severity, kind, about, '']));
  const lines = rows.flatMap(({ severity, message }, i) => {
    const start = table[i] ?? '';
    const painted = `${paint(severity, severity === 'error' ? 'bad' : 'warning')}${start.slice(severity.length)}`;
    return [painted, ...wrapWords(oneLine(message), width - 4).map((line) => `    ${line}`)];
  });
  const heading = `${paint(oneLine(name), 'strong')}  ${plural(cases, 'case')} in ${oneLine(root)}`;
  const text = [heading, ...(lines.length > 0 ? ['', ...lines, ''] : []), sentence(findings, terminal)].join('\n');
  return `${terminal.unicode ? text : text.split('\n').map(toAscii).join('\n')}\n`;
}

interface Row {
  readonly severity: Finding['severity'];
  readonly kind: string;
  readonly about: string;
  readonly message: string;
}

function shownRows(findings: readonly Finding[]): Row[] {
  const counts = new Map<string, number>();
  const rows: Row[] = [];
  for (const { severity, kind, cases, message } of findings) {
    const key = `${severity} ${kind}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= ROWS_SHOWN) rows.push({ severity, kind, about: casesText(cases), message });
  }
  for (const [key, count] of counts) {
    if (count <= ROWS_SHOWN) continue;
    const last = rows.findLastIndex((row) => `${row.severity} ${row.kind}` === key);
    const row = rows[last];
    if (row !== undefined) rows[last] = { ...row, message: `${row.message}; and ${count - ROWS_SHOWN} more like this` };
  }
  return rows;
}

function casesText(cases: readonly string[]): string {
  const shown = cases.slice(0, CASES_SHOWN).join(', ');
  return oneLine(cases.length > CASES_SHOWN ? `${shown} and ${cases.length - CASES_SHOWN} more` : shown);
}

function sentence(findings: readonly Finding[], { color }: Terminal): string {
  const paint = painter(color);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  if (findings.length === 0) return paint('nothing that would spoil a training', 'good');
  const parts = [
    ...(errors > 0 ? [paint(plural(errors, 'error'), 'bad')] : []),
    ...(warnings > 0 ? [paint(plural(warnings, 'warning'), 'warning')] : []),
  ];
  return parts.join(', ');
}

import * as z from 'zod';

/** Metrics of single cases as tables that others read: CSV for people, and JSON as MLflow's pages and pandas take it. */

export interface MeasuredCase {
  readonly subject: string;
  readonly set: 'validation' | 'test';
  readonly metrics: Readonly<Record<string, number>>;
}

const LEADING = ['case', 'set'] as const;

function metricNames(cases: readonly MeasuredCase[]): readonly string[] {
  return [...new Set(cases.flatMap(({ metrics }) => Object.keys(metrics)))].sort();
}

/** One line a case; what has no value is empty. */
export function casesCsv(cases: readonly MeasuredCase[]): string {
  const names = metricNames(cases);
  const rows = cases.map(({ subject, set, metrics }) => [subject, set, ...names.map((name) => metrics[name] ?? '')]);
  return [[...LEADING, ...names], ...rows].map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

/** @see RFC 4180 */
function quoted(cell: string | number): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `{"columns": […], "data": [[…], …]}`: what `mlflow.log_table` writes, and pandas calls `orient="split"`. */
export function casesJson(cases: readonly MeasuredCase[]): string {
  const names = metricNames(cases);
  const data = cases.map(({ subject, set, metrics }) => [subject, set, ...names.map((name) => metrics[name] ?? null)]);
  return `${JSON.stringify({ columns: [...LEADING, ...names], data })}\n`;
}

const tableSchema = z.object({
  columns: z.array(z.string()),
  data: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
});

/** What `casesJson` wrote, by subject. @throws where it is something else */
export function readCasesJson(text: string): ReadonlyMap<string, Readonly<Record<string, number>>> {
  const { columns, data } = tableSchema.parse(JSON.parse(text));
  const subject = columns.indexOf('case');
  return new Map(
    data.map((cells) => {
      const metrics = columns.flatMap((name, index) => {
        const value = cells[index];
        return typeof value === 'number' ? [[name, value] as const] : [];
      });
      return [String(cells[subject] ?? ''), Object.fromEntries(metrics)];
    }),
  );
}

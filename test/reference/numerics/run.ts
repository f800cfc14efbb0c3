import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineFacts } from './machine.ts';
import { renderPage } from './page.ts';
import { type CollectedRow, ROWS_VARIABLE } from './row.ts';

/** Around the comparisons of `npm run numerics`: a file that collects their rows, and at the end the page made of it. */

const PAGE = new URL('../../../docs/numerics.md', import.meta.url);

export default function collectRows(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'exp-numerics-'));
  const path = join(folder, 'rows.jsonl');
  writeFileSync(path, '');
  process.env[ROWS_VARIABLE] = path;
  return () => {
    const rows = readFileSync(path, 'utf8').split('\n').filter(Boolean).map(parseRow);
    rmSync(folder, { recursive: true });
    writeFileSync(PAGE, renderPage(rows, machineFacts()));
    const over = rows.filter((row) => !(row.difference <= row.tolerance)).length;
    console.log(`docs/numerics.md: ${rows.length} comparisons, ${over} over their tolerance`);
  };
}

/** Rows are this program's own; NaN and infinities travel as text. */
function parseRow(line: string): CollectedRow {
  const revived: CollectedRow = JSON.parse(line, (key, value: unknown) =>
    typeof value === 'string' && ['ours', 'theirs', 'difference'].includes(key) ? Number(value) : value,
  );
  return revived;
}

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../../helpers/python.ts';
import { machineFacts } from './machine.ts';
import { renderPage } from './page.ts';
import { type CollectedRow, ROWS_VARIABLE, readRow, writeRow } from './row.ts';

/**
 * Around the comparisons of `npm run numerics`: a file that collects their rows, and at the end the page made of it. A run of
 * some test files (`npm run numerics -- test/reference/losses.test.ts`) replaces their rows and leaves the others'.
 */

const ROWS = join(repositoryRoot, 'docs/numerics.jsonl');
const PAGE = join(repositoryRoot, 'docs/numerics.md');

export default function collectRows(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'exp-numerics-'));
  const path = join(folder, 'rows.jsonl');
  writeFileSync(path, '');
  process.env[ROWS_VARIABLE] = path;
  return () => {
    const fresh = readRows(path);
    rmSync(folder, { recursive: true });
    const measured = new Set(fresh.map((row) => row.file));
    const kept = existsSync(ROWS) ? readRows(ROWS).filter((row) => !measured.has(row.file)) : [];
    // Test files finish in any order; within one file rows keep theirs.
    const rows = [...kept, ...fresh].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
    writeFileSync(ROWS, rows.map((row) => `${writeRow(row)}\n`).join(''));
    writeFileSync(PAGE, renderPage(rows, machineFacts()));
    const over = rows.filter((row) => !(row.difference <= row.tolerance)).length;
    process.stdout.write(`docs/numerics.md: ${rows.length} comparisons, ${over} over their tolerance\n`);
  };
}

function readRows(path: string): CollectedRow[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean).map(readRow);
}

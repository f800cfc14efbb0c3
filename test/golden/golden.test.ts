import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../dsl/source.ts';
import { type Case, STAGES, TABLES } from './stages.ts';

/**
 * Each folder here is a case: `input.exp`, and one file for what each stage makes of it. `UPDATE_GOLDEN=1 npx vitest run
 * test/golden` rewrites them; read the difference before you commit it.
 */
const root = dirname(fileURLToPath(import.meta.url));
const update = process.env.UPDATE_GOLDEN === '1';
const inCi = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';

const cases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

const DIAGNOSTIC_CASE = /^EXP\d{4}/;

it('is not rewritten in CI', () => {
  expect(update && inCi, 'UPDATE_GOLDEN=1 is for people, who read the difference').toBe(false);
});

describe.each(cases)('golden/%s', (name) => {
  const folder = join(root, name);
  const source: SourceFile = { path: 'input.exp', text: readFileSync(join(folder, 'input.exp'), 'utf8') };
  const golden: Case = {
    kind: DIAGNOSTIC_CASE.test(name) ? 'diagnostic' : 'whole',
    source,
    readFile: (file) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null),
  };

  it.each(STAGES.map((stage) => [stage.file, stage] as const))('%s', (file, stage) => {
    const path = join(folder, file);
    if (!stage.applies(golden)) {
      if (update && !inCi) rmSync(path, { force: true });
      expect(existsSync(path), `${file} is left over: this case has no such stage`).toBe(false);
      return;
    }
    const made = stage.make(golden);
    if (update && !inCi) writeFileSync(path, made);
    expect(existsSync(path), `${file} is missing: run with UPDATE_GOLDEN=1`).toBe(true);
    expect(made).toBe(readFileSync(path, 'utf8'));
  });

  it('holds nothing else', () => {
    const known = new Set(['input.exp', ...STAGES.map((stage) => stage.file)]);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.filter((entry) => !known.has(entry.name) && !entry.name.endsWith('.exp'))).toEqual([]);
  });
});

describe.each(TABLES.flatMap((table) => Object.keys(table)))('%s', (code) => {
  it('has a case that shows it', () => {
    const own = cases.filter((name) => name.startsWith(code));
    const shown = own.map((name) => readFileSync(join(root, name, 'diagnostics.txt'), 'utf8'));
    expect(
      shown.filter((text) => text.includes(`[${code}]: `)).length,
      `no folder ${code} with its message`,
    ).toBeGreaterThan(0);
  });
});

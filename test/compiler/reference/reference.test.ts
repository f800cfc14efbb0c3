import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shippedEnvironments } from '../../../compiler/bind/environments.ts';
import { check } from '../../../compiler/check.ts';
import { ALL_DIAGNOSTICS } from '../../../compiler/explain.ts';
import { EXPERIMENT } from '../../../compiler/fields/experiment.ts';
import { exampleOf } from '../../../compiler/fields/field-facts.ts';
import { fieldPlaces } from '../../../compiler/fields/field-places.ts';
import { diagnosticsPage, referencePage } from '../../../compiler/reference/reference.ts';
import { SMALL } from '../example.ts';

const reference = referencePage();

describe('the reference', () => {
  it.each([
    ['reference', reference],
    ['diagnostics', diagnosticsPage()],
  ])('docs/%s.md is what `npm run docs` writes', (name, page) => {
    expect(readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8')).toBe(page);
  });

  it('has every field, environment and code', () => {
    const names = [
      ...fieldPlaces().map(({ written }) => written.slice(written.lastIndexOf('.') + 1)),
      ...shippedEnvironments().keys(),
    ];
    for (const name of names) expect(reference).toContain(`\`${name}\``);
    for (const code of Object.keys(ALL_DIAGNOSTICS))
      expect(reference).toContain(`[${code}](diagnostics.md#${code.toLowerCase()})`);
  });

  it('has rows of one width in each table', () => {
    for (const table of reference.match(/(?:^\|.*\n)+/gm) ?? []) {
      const widths = new Set(
        table
          .trimEnd()
          .split('\n')
          .map((row) => row.replaceAll('\\|', '').split('|').length),
      );
      expect([...widths]).toHaveLength(1);
    }
  });

  it('links only to headings that are there', () => {
    const headings = [...reference.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
      text.toLowerCase().replaceAll(' ', '-').replaceAll('`', ''),
    );
    for (const [, anchor] of reference.matchAll(/\]\(#([^)]*)\)/g)) expect(headings).toContain(anchor);
    const codes = [...diagnosticsPage().matchAll(/^## (.*)$/gm)].map(([, code = '']) => code.toLowerCase());
    for (const [, anchor] of reference.matchAll(/\(diagnostics\.md#([^)]*)\)/g)) expect(codes).toContain(anchor);
  });

  it.each(Object.entries(EXPERIMENT).map(([name, { type }]) => [exampleOf(name, type), name] as const))(
    'shows an example that is read without a mistake: %s',
    (example, name) => {
      const others = SMALL.split('\n').filter((line) => !line.trim().startsWith(name));
      const text =
        name === 'dataset' ? 'experiment a {\n  PLACE\n}\n' : `${others.slice(0, -2).join('\n')}\n  PLACE\n}\n`;
      const mistakes = check({ path: 'test.exp', text: text.replace('PLACE', () => example.replace('…', '')) });
      // What an example in a small experiment may lack or disagree with is another matter.
      expect(mistakes.filter(({ code }) => /^EXP[12]/.test(code) && code !== 'EXP2006')).toEqual([]);
    },
  );
});

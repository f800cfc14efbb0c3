import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check } from '../../../compiler/check.ts';
import type { Diagnostic } from '../../../dsl/diagnostic.ts';
import { spanText } from '../../../dsl/source.ts';
import { MISTAKEN_NAMES } from './names.ts';
import { BROKEN_RULES } from './rules.ts';
import { SYNTAX_MISTAKES } from './syntax.ts';
import { MISTAKEN_VALUES } from './values.ts';

/** What people get wrong: each mistake is told once, where it is, with what to do about it. */

const textOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const good = textOf('good.exp');
const readFile = (path: string) => (path === 'shared.exp' ? textOf(path) : null);

function diagnosticsOf(text: string): readonly Diagnostic[] {
  return check({ path: 'good.exp', text }, { readFile, environment: () => undefined });
}

it('the file without a mistake is clean', () => {
  expect(diagnosticsOf(good)).toEqual([]);
});

describe.each([...SYNTAX_MISTAKES, ...MISTAKEN_NAMES, ...MISTAKEN_VALUES, ...BROKEN_RULES])(
  '$name',
  ({ edit: [from, to], code, at, mention }) => {
    it('is one error, at the right place, that names the fix', () => {
      expect(good.split(from), 'the edit fits in one place').toHaveLength(2);
      const found = diagnosticsOf(good.replace(from, () => to));
      expect(found.map((diagnostic) => `${diagnostic.severity} ${diagnostic.code}`)).toEqual([`error ${code}`]);
      const [diagnostic] = found;
      if (diagnostic === undefined) return;
      expect(spanText(diagnostic.span)).toBe(at);
      const { message, label, help, fix } = diagnostic;
      expect([message, label, help, fix?.title].join('\n')).toContain(mention);
    });
  },
);

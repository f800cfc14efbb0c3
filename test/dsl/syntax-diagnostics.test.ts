import { describe, expect, it } from 'vitest';
import { applyFix } from '../../dsl/apply-fixes.ts';
import { parse } from '../../dsl/parser.ts';
import { SYNTAX_DIAGNOSTICS } from '../../dsl/syntax-diagnostics.ts';

const codesOf = (text: string) => parse({ path: 'example.exp', text })[1].map((diagnostic) => diagnostic.code);

describe.each(Object.entries(SYNTAX_DIAGNOSTICS))('exp explain %s', (code, { explanation }) => {
  const [wrong, right] = [...explanation.matchAll(/```exp\n([\s\S]*?)\n```/g)].map((match) => match[1] ?? '');

  it('shows a file with this mistake and no other', () => {
    expect(new Set(codesOf(wrong ?? ''))).toEqual(new Set([code]));
  });

  it('shows the same file without it', () => {
    expect(codesOf(right ?? '')).toEqual([]);
  });

  it('offers only fixes that mend it', () => {
    let text = wrong ?? '';
    for (let round = 0; round < 3; round++) {
      const fix = parse({ path: 'example.exp', text })[1][0]?.fix;
      if (fix == null) return;
      text = applyFix(text, fix);
    }
    expect(codesOf(text), text).toEqual([]);
  });
});

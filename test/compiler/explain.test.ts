import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALL_DIAGNOSTICS, explain, nearestCode } from '../../compiler/explain.ts';

describe('explain', () => {
  it.each(Object.keys(ALL_DIAGNOSTICS))('%s says more than its message', (code) => {
    const definition = ALL_DIAGNOSTICS[code];
    expect(explain(code)).toContain(definition?.explanation.trimEnd());
    expect(definition?.explanation.length).toBeGreaterThan(80);
  });

  it('takes a code as people copy it', () => {
    expect(explain('error[EXP3012]')).toBe(explain('EXP3012'));
    expect(explain('exp3012')).toBe(explain('EXP3012'));
    expect(explain('3012')).toBe(explain('EXP3012'));
  });

  it('knows its limits, and what was probably meant', () => {
    expect(explain('EXP9999')).toBeNull();
    expect(explain('constructor')).toBeNull();
    expect(nearestCode('EXP30122')).toBe('EXP3012');
    expect(nearestCode('hello')).toBeNull();
  });

  it('covers every code that the runtime raises', () => {
    const source = readFileSync(new URL('../../runtime/errors.ts', import.meta.url), 'utf8');
    const raised = [...new Set(source.match(/(?<=')EXP4\d{3}(?=')/g))];
    expect(raised.length).toBeGreaterThan(5);
    expect(raised.filter((code) => explain(code) === null)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { applyFixes } from '../../dsl/apply-fixes.ts';
import type { Fix } from '../../dsl/diagnostic.ts';

const text = 'one two three';

function fix(start: number, end: number, replacement: string): Fix {
  return { title: '', span: { file: { path: 'a.exp', text }, start, end }, replacement };
}

describe('applying fixes', () => {
  it('applies several in any order', () => {
    expect(applyFixes(text, [fix(8, 13, '3'), fix(0, 3, '1')]).text).toBe('1 two 3');
  });

  it('leaves those that overlap for another round', () => {
    const [first, second] = [fix(0, 7, '12'), fix(4, 13, '23')];
    expect(applyFixes(text, [second, first])).toEqual({ text: '12 three', applied: [first], overlapping: [second] });
  });

  it('applies neighbours together, but of two changes at one place, of which one inserts, only the first', () => {
    expect(applyFixes(text, [fix(0, 4, '1 '), fix(4, 8, '2 ')]).text).toBe('1 2 three');
    expect(applyFixes(text, [fix(4, 4, 'a'), fix(4, 4, 'b')]).text).toBe('one atwo three');
    expect(applyFixes(text, [fix(4, 4, 'a'), fix(4, 7, '2')]).text).toBe('one atwo three');
  });
});

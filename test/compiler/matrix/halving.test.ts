import { describe, expect, it } from 'vitest';
import { check } from '../../../compiler/check.ts';
import type { CompileOptions } from '../../../compiler/compile.ts';
import { compileMatrix } from '../../../compiler/matrix/compile-matrix.ts';
import { leastShare } from '../../../compiler/matrix/halving.ts';
import { smallWith } from '../example.ts';

const OPTIONS: CompileOptions = { profile: null, set: [], environment: () => undefined };
const compiled = (sweep: string, set: readonly string[] = []) =>
  compileMatrix({ path: 'a.exp', text: smallWith(sweep) }, { ...OPTIONS, set });

/** Of nine runs. */
function halvingOf(stop: string, ...set: string[]) {
  const result = compiled(`sweep { seed: [1, 2, 3, 4, 5, 6, 7, 8, 9]  stop: ${stop} }`, set);
  if (result.kind !== 'matrix' || result.matrix === null) throw new Error(result.diagnostics[0]?.message);
  return result.matrix.halving;
}

describe('halving', () => {
  it('compares after the first epochs and then each `factor` times later, before the end', () => {
    expect(halvingOf('halving(after: 1 epoch)')).toEqual({ factor: 3, rungs: [1, 3, 9] });
    expect(halvingOf('halving(after: 2 epochs, factor: 2)')).toEqual({ factor: 2, rungs: [2, 4, 8] });
    expect(halvingOf('halving(after: 3 epochs, factor: 4)', 'schedule.epochs=12')).toEqual({ factor: 4, rungs: [3] });
  });

  it('compares where a validation is: at the next one', () => {
    expect(halvingOf('halving(after: 1 epoch)', 'schedule.validate=every 2 epochs')).toEqual({
      factor: 3,
      rungs: [2, 4],
    });
  });

  it('is part of what a matrix is, and a sweep without it has none', () => {
    const id = (sweep: string) => {
      const result = compiled(sweep);
      return result.kind === 'matrix' ? result.matrix?.matrixId : null;
    };
    expect(id('sweep { seed: [1, 2]  stop: halving(after: 1 epoch) }')).not.toBe(id('sweep { seed: [1, 2] }'));
    expect(compiled('sweep { seed: [1, 2] }')).toMatchObject({ matrix: { halving: null } });
  });

  it('leaves the plans of the runs as they are', () => {
    const plans = (sweep: string) => {
      const result = compiled(sweep);
      return result.kind === 'matrix' ? result.matrix?.members.map(({ planId }) => planId) : null;
    };
    expect(plans('sweep { seed: [1, 2]  stop: halving(after: 1 epoch) }')).toEqual(plans('sweep { seed: [1, 2] }'));
  });

  it('trains at least the share of epochs that is left when no more go on than may', () => {
    const result = compiled('sweep { seed: [1, 2, 3, 4, 5, 6, 7, 8, 9]  stop: halving(after: 1 epoch) }');
    const matrix = result.kind === 'matrix' ? result.matrix : null;
    const plans = matrix?.members.map(({ plan }) => plan) ?? [];
    // Nine runs for one epoch, three for two more, one for six more and for the last.
    expect(leastShare(matrix?.halving ?? { factor: 2, rungs: [1] }, plans)).toBeCloseTo(
      (9 * 1 + 3 * 2 + 1 * 6 + 1 * 1) / 90,
      12,
    );
  });

  it.each([
    ['folds: 2\n sweep { seed: [1, 2]  stop: halving(after: 1 epoch) }', 'EXP2409'],
    ['sweep { schedule.epochs: [10, 20]  stop: halving(after: 1 epoch) }', 'EXP2410'],
    ['sweep { seed: [1, 2]  stop: halving(after: 10 epochs) }', 'EXP2411'],
    ['sweep { seed: [1, 2]  stop: halving(after: 0 epochs) }', 'EXP2203'],
    ['sweep { seed: [1, 2]  stop: halving }', 'EXP2006'],
    ['sweep { seed: [1, 2]  stop: hyperband(after: 1 epoch) }', 'EXP2102'],
    ['sweep { seed: [1, 2]  stop: halving(after: 1 epoch)  stop: halving(after: 2 epochs) }', 'EXP2005'],
    ['sweep { stop: halving(after: 1 epoch) }', 'EXP2402'],
  ])('%s is told as %s, by check and by plan alike', (sweep, code) => {
    expect(compiled(sweep).diagnostics.map((each) => each.code)).toEqual([code]);
    expect(check({ path: 'a.exp', text: smallWith(sweep) }).map((each) => each.code)).toEqual([code]);
  });
});

import { describe, expect, it } from 'vitest';
import { analyseSweep, compareValues, type SweepMember } from '../../../runtime/compare/sweep.ts';

const member = (
  rate: string,
  filters: string,
  best: number | null,
  status = 'completed',
  fold: number | null = null,
) => ({
  id: `${rate}/${filters}/${fold}`,
  settings: { rate, filters },
  fold,
  status,
  epoch: 4,
  best,
});

const MAX = { metric: 'val.dice', mode: 'max' } as const;

const GRID: readonly SweepMember[] = [
  member('1e-3', '8', 0.6),
  member('1e-3', '16', 0.7),
  member('1e-2', '8', 0.9),
  member('1e-2', '16', 0.8),
  member('1e-1', '8', null, 'failed'),
  member('1e-1', '16', 0.1, 'early_stopped'),
];

describe('a sweep', () => {
  const sweep = analyseSweep('s', MAX, GRID);

  it('ranks its runs, the best first and those without a value last', () => {
    expect(sweep.trials.map(({ members }) => members[0]?.id)).toEqual([
      '1e-2/8/null',
      '1e-2/16/null',
      '1e-3/16/null',
      '1e-3/8/null',
      '1e-1/16/null',
      '1e-1/8/null',
    ]);
    const smaller = analyseSweep('s', { metric: 'val.hausdorff95', mode: 'min' }, GRID);
    expect(smaller.trials[0]?.mean).toBe(0.1);
  });

  it('averages over the folds of one combination', () => {
    const folds = [member('1e-3', '8', 0.6, 'completed', 1), member('1e-3', '8', 0.8, 'completed', 2)];
    const [trial] = analyseSweep('s', MAX, folds).trials;
    expect(trial?.members).toHaveLength(2);
    expect(trial?.mean).toBeCloseTo(0.7);
    expect(trial?.deviation).toBeCloseTo(Math.SQRT2 / 10);
  });

  it('says what each value of a setting is worth over everything else, in the order of its size', () => {
    const rate = sweep.effects.find(({ path }) => path === 'rate');
    expect(rate?.values.map(({ value, count }) => [value, count])).toEqual([
      ['1e-3', 2],
      ['1e-2', 2],
      ['1e-1', 1],
    ]);
    expect(rate?.values[0]?.mean).toBeCloseTo(0.65);
    expect(rate?.values[1]?.deviation).toBeCloseTo(0.1 / Math.SQRT2);
    expect(rate?.values[2]?.deviation).toBeNull();
  });

  it('names the setting that mattered most first', () => {
    expect(sweep.effects.map(({ path }) => path)).toEqual(['rate', 'filters']);
    expect(sweep.effects[0]?.span).toBeCloseTo(0.85 - 0.1);
  });

  it('leaves runs out that halving held back, and says how many of which value', () => {
    const held = member('1e-2', '8', 0.2, 'stopped_early');
    const [rate] = analyseSweep('s', MAX, [...GRID, held, held, member('1', '8', 0.1, 'stopped_early')]).effects;
    expect(rate?.values.map(({ value, mean }) => [value, mean?.toFixed(2)])).toEqual([
      ['1e-3', '0.65'],
      ['1e-2', '0.85'],
      ['1e-1', '0.10'],
    ]);
    expect(rate?.heldBack).toEqual([
      { value: '1e-2', count: 2 },
      { value: '1', count: 1 },
    ]);
  });

  it('has an effect also of a setting whose other values were all held back', () => {
    const [effect, ...others] = analyseSweep('s', MAX, [
      member('1e-3', '8', 0.6),
      member('1', '8', 0.2, 'stopped_early'),
    ]).effects;
    expect(others).toEqual([]);
    expect(effect).toMatchObject({ path: 'rate', span: 0, heldBack: [{ value: '1', count: 1 }] });
  });

  it('knows no effect of what did not vary', () => {
    expect(analyseSweep('s', MAX, GRID.slice(0, 2)).effects.map(({ path }) => path)).toEqual(['filters']);
  });
});

it('values stand by size where they are numbers, else by name', () => {
  expect(['1e-2', '5', '0.5'].sort(compareValues)).toEqual(['1e-2', '0.5', '5']);
  expect(['wide', 'narrow', '8'].sort(compareValues)).toEqual(['8', 'narrow', 'wide']);
});

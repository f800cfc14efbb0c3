import { describe, expect, it } from 'vitest';
import { flattenPlan } from '../../../compiler/plan/flatten.ts';
import type { Plan } from '../../../compiler/plan/schema.ts';
import { compareRuns } from '../../../runtime/compare/compare-runs.ts';
import type { ComparedRun } from '../../../runtime/compare/compared-run.ts';
import { holm } from '../../../runtime/compare/holm.ts';
import { stateOfRun } from '../../../runtime/events/accumulate.ts';
import { bodyOf, recorded } from '../../helpers/run-events.ts';
import { tinyPlan } from '../../helpers/tiny-plan.ts';

const plan = tinyPlan();
const directionOf = (metric: string) => (metric.includes('loss') ? 'min' : 'max');

function run(
  id: string,
  dice: readonly number[],
  cases: Readonly<Record<string, number>>,
  changes: Partial<Plan> = {},
) {
  const events = dice.flatMap((value, index) => [
    bodyOf('epoch_finished', { epoch: index + 1, step: 4 * (index + 1), metrics: { 'train.loss': 1 - value } }),
    bodyOf('validation_finished', { epoch: index + 1, step: 4 * (index + 1), metrics: { 'val.dice': value } }),
  ]);
  const { metrics, best, watch, epoch, status } = stateOfRun(recorded(bodyOf('run_started'), ...events));
  const compared: ComparedRun = {
    ...{ id, metrics, best, watch, epoch, status },
    folder: null,
    profile: null,
    seconds: null,
    remote: null,
    classes: [],
    settings: flattenPlan({ ...plan, ...changes }),
    cases: new Map(Object.entries(cases).map(([subject, value]) => [subject, { dice: value }])),
  };
  return compared;
}

const slow = run('slow', [0.2, 0.5, 0.4], { a: 0.4, b: 0.5, c: 0.6, d: 0.3, e: 0.2, f: 0.5, g: 0.9 });
const fast = run('fast', [0.6, 0.7], { a: 0.5, b: 0.7, c: 0.9, d: 0.7, e: 0.7, f: 1.1, other: 1 }, { seed: 8 });

describe('a comparison', () => {
  const comparison = compareRuns([slow, fast], directionOf);

  it('lists the plan values that differ and counts the others', () => {
    expect(comparison.differences).toEqual([{ path: 'seed', values: ['7', '8'] }]);
    expect(comparison.sameValues).toBeGreaterThan(50);
    expect(compareRuns([slow, slow], directionOf).differences).toEqual([]);
  });

  it('has a blank where a plan lacks the value', () => {
    const tracked = run(
      'tracked',
      [0.5],
      {},
      { track: { kind: 'mlflow', experiment: 'x', uri: null } as Plan['track'] },
    );
    const { differences } = compareRuns([slow, tracked], directionOf);
    expect(differences).toContainEqual({ path: 'track.experiment', values: [null, 'x'] });
  });

  it('gives each metric’s best with its epoch, its last, and who has the best of all', () => {
    const dice = comparison.metrics.find(({ name }) => name === 'val.dice');
    expect(dice).toMatchObject({
      better: 'max',
      winner: 1,
      values: [
        { best: { epoch: 2, value: 0.5 }, last: { epoch: 3, value: 0.4 } },
        { best: { epoch: 2, value: 0.7 }, last: { epoch: 2, value: 0.7 } },
      ],
    });
    expect(comparison.metrics.find(({ name }) => name === 'train.loss')).toMatchObject({ better: 'min', winner: 1 });
  });

  it('knows no best where only one run was measured', () => {
    const [metric] = compareRuns([slow, run('new', [], {})], directionOf).metrics.filter(
      ({ name }) => name === 'val.dice',
    );
    expect(metric).toMatchObject({ winner: null, values: [{}, null] });
  });

  it('knows no best where two runs have the same', () => {
    const dice = compareRuns([slow, { ...slow, id: 'again' }], directionOf).metrics.find(
      ({ name }) => name === 'val.dice',
    );
    expect(dice).toMatchObject({ winner: null, values: [{}, {}] });
  });

  it('pairs the cases that both have, the largest difference first, and tests them', () => {
    const [paired] = comparison.cases;
    expect(paired).toMatchObject({ run: 'fast', against: 'slow', metric: 'dice' });
    expect(paired?.pairs.map(({ subject }) => subject)).toEqual(['f', 'e', 'd', 'c', 'b', 'a']);
    expect(paired?.meanDifference).toBeCloseTo((0.1 + 0.2 + 0.3 + 0.4 + 0.5 + 0.6) / 6);
    // All six go the same way, for which chance has 2 of 2⁶ ways.
    expect(paired?.test).toEqual({ pairs: 6, statistic: 0, pValue: 2 / 64 });
    expect(paired?.corrected).toEqual({ pValue: 2 / 64, tests: 1 });
  });

  it('corrects for the number of tests that it makes', () => {
    const { cases } = compareRuns([slow, fast, { ...fast, id: 'other' }], directionOf);
    expect(cases.map(({ corrected }) => corrected)).toEqual([
      { pValue: 4 / 64, tests: 2 },
      { pValue: 4 / 64, tests: 2 },
    ]);
    // As statsmodels.stats.multitest.multipletests([0.01, 0.04, 0.03, 0.5], method='holm').
    const corrected = holm([0.01, 0.04, 0.03, 0.5]);
    for (const [index, expected] of [0.04, 0.09, 0.09, 0.5].entries()) expect(corrected[index]).toBeCloseTo(expected);
  });

  it('compares every other run with the first', () => {
    const { cases } = compareRuns([slow, fast, run('third', [0.1], { a: 0.1 })], directionOf);
    expect(cases.map(({ run: id, against }) => [id, against])).toEqual([
      ['fast', 'slow'],
      ['third', 'slow'],
    ]);
  });
});

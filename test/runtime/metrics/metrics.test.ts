import { describe, expect, it } from 'vitest';
import { compareClasses } from '../../../runtime/metrics/compare.ts';
import { meanOverCases, measureCase } from '../../../runtime/metrics/measure.ts';
import { METRICS, type MetricName } from '../../../runtime/metrics/table.ts';
import type { LabelPair, MetricSettings } from '../../../runtime/metrics/types.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { pythonHas } from '../../helpers/python.ts';
import { expectRow } from '../../reference/numerics/row.ts';
import { ballPair } from './label-pairs.ts';

const SETTINGS: MetricSettings = { surfaceDice: { tolerances: [1] }, averageSurfaceDistance: { symmetric: false } };

function row(predicted: readonly number[], truth: readonly number[]): LabelPair {
  const shape = [1, 1, truth.length] as const;
  return { predicted: Uint8Array.from(predicted), truth: Uint8Array.from(truth), shape, spacing: [1, 1, 2] };
}

function measure(name: MetricName, pair: LabelPair, classIndex: number, settings = SETTINGS): number {
  const comparison = compareClasses(pair, 3)[classIndex - 1];
  return comparison === undefined ? Number.NaN : METRICS[name](comparison, settings);
}

describe('a metric of one class', () => {
  it.each<[MetricName, number]>([
    ['dice', 4 / 7],
    ['iou', 2 / 5],
    ['sensitivity', 2 / 4],
    ['precision', 2 / 3],
    ['volume_error', 1 / 4],
  ])('%s counts voxels', (name, expected) => {
    expect(measure(name, row([0, 0, 1, 1, 1], [1, 1, 1, 1, 0]), 1)).toBe(expected);
  });

  it('of surfaces is in millimetres', () => {
    const apart = row([1, 0, 0, 0], [0, 0, 0, 1]);
    expect(measure('hausdorff95', apart, 1)).toBe(6);
    expect(measure('average_surface_distance', apart, 1)).toBe(6);
    const tolerant = (mm: number) => ({ ...SETTINGS, surfaceDice: { tolerances: [mm] } });
    expect(measure('surface_dice', apart, 1, tolerant(5.9))).toBe(0);
    expect(measure('surface_dice', apart, 1, tolerant(6))).toBe(1);
  });
});

describe('the metrics of a case', () => {
  it('average its foreground classes and name each of them', () => {
    expect(measureCase(row([1, 2, 2, 0], [1, 2, 0, 0]), ['dice'], 3, SETTINGS)).toEqual({
      'dice.1': 1,
      'dice.2': 2 / 3,
      dice: (1 + 2 / 3) / 2,
    });
  });

  it('name no classes where there is only one', () => {
    expect(measureCase(row([1, 1], [1, 0]), ['iou'], 2, SETTINGS)).toEqual({ iou: 0.5 });
  });

  it('count structures that were missed, since a mean of distances knows nothing of them', () => {
    const pair = row([1, 0, 0, 0], [1, 0, 2, 0]);
    expect(measureCase(pair, ['dice', 'hausdorff95', 'average_surface_distance'], 3, SETTINGS)).toEqual({
      'dice.1': 1,
      'dice.2': 0,
      dice: 0.5,
      'hausdorff95.1': 0,
      hausdorff95: 0,
      'hausdorff95.missed': 1,
      'average_surface_distance.1': 0,
      average_surface_distance: 0,
      'average_surface_distance.missed': 1,
    });
  });

  it('have no entry for what cannot be measured; means pass over it, and what was missed adds up', () => {
    const nothing = measureCase(row([0, 1], [0, 0]), ['dice', 'hausdorff95'], 2, SETTINGS);
    expect(nothing).toEqual({});
    const cases = [nothing, { dice: 0.5, 'hausdorff95.missed': 1 }, { dice: 0.9, 'hausdorff95.missed': 2 }];
    expect(meanOverCases(cases, 'val')).toEqual({ 'val.dice': 0.7, 'val.hausdorff95.missed': 3 });
  });

  it('say that none was missed, so that an earlier count is not taken for the latest', () => {
    const found = measureCase(row([1, 2, 0], [1, 2, 0]), ['hausdorff95', 'precision', 'dice'], 3, SETTINGS);
    const means = meanOverCases([found], 'val');
    expect(means).toMatchObject({ 'val.hausdorff95.missed': 0, 'val.precision.missed': 0 });
    expect(Object.keys(means)).not.toContain('val.dice.missed');
  });
});

describe.skipIf(!pythonHas('monai'))('equals MONAI (skipped: no reference Python with monai)', () => {
  const both = { predicted: [1, 2], truth: [1, 2] };
  const edge = { ...row([1, 1, 2], [1, 2, 2]), shape: [3, 1, 1] as const };
  const pairs = [
    ...[1, 3, 5, 7, 9].map((seed) => ballPair(seed, [14, 11, 17], [1, 1, 1], both)),
    ...[11, 13, 15].map((seed) => ballPair(seed, [12, 16, 9], [0.7, 1.3, 3], both)),
    ballPair(21, [10, 10, 10], [1, 2, 1], { predicted: [1], truth: [1, 2] }),
    ballPair(23, [10, 10, 10], [1, 2, 1], { predicted: [1, 2], truth: [1] }),
    ballPair(25, [10, 10, 10], [1, 1, 1], { predicted: [1], truth: [1] }),
    ballPair(27, [10, 10, 10], [0.5, 0.5, 4], { predicted: [2], truth: [1] }),
    edge,
    row([0, 0, 0], [0, 1, 0]),
    row([0, 2, 0], [0, 0, 0]),
    row([1, 1, 1, 1], [1, 1, 1, 1]),
  ];
  const tolerances = [0.7, 2];
  const settings = (symmetric: boolean) => ({ surfaceDice: { tolerances }, averageSurfaceDistance: { symmetric } });

  it('class by class, with anisotropic spacing, absent classes and surfaces at the border', {
    timeout: 120_000,
  }, () => {
    const question = pairs.map((pair) => ({
      ...pair,
      predicted: [...pair.predicted],
      truth: [...pair.truth],
      classes: 3,
      tolerances,
    }));
    type Name = Exclude<MetricName, 'volume_error'> | 'symmetric';
    type Reduced = { classes: (number | 'Infinity' | null)[]; mean: number | 'Infinity' };
    const answers = askPython<Record<Name, Reduced>[]>(new URL('reference.py', import.meta.url), question);
    expect(answers).toHaveLength(pairs.length);
    const worst = new Map<Name, number>();
    for (const [index, answer] of answers.entries()) {
      const pair = pairs[index] ?? edge;
      for (const [name, theirs] of Object.entries(answer) as [Name, Reduced][]) {
        const metric = name === 'symmetric' ? 'average_surface_distance' : name;
        const measured = measureCase(pair, [metric], 3, settings(name === 'symmetric'));
        for (const classIndex of [1, 2]) {
          const expected = Number(theirs.classes[classIndex - 1] ?? Number.NaN);
          const ours = measure(metric, pair, classIndex, settings(name === 'symmetric'));
          // NaN is no value on either side; Infinity a structure that one side misses.
          const apart = Object.is(ours, expected) ? 0 : Math.abs(ours - expected);
          const difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
          worst.set(name, Math.max(worst.get(name) ?? 0, difference));
        }
        // MONAI says 0 where no class has a value, and an infinite distance makes the mean infinite; ours passes over both.
        if (theirs.mean !== 'Infinity' && measured[metric] !== undefined)
          expect(measured[metric], `${name} of pair ${index}`).toBeCloseTo(theirs.mean, 4);
      }
    }
    for (const [name, difference] of worst) {
      const what = `${name === 'symmetric' ? 'average_surface_distance, symmetric' : name}, ${pairs.length} pairs of label maps`;
      expectRow({
        subject: 'metrics',
        what,
        reference: 'MONAI',
        ours: null,
        theirs: null,
        difference,
        tolerance: 5e-5,
      });
    }
  });
});

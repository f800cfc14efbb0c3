import { compareRuns } from '../../../runtime/compare/compare-runs.ts';
import type { ComparedRun } from '../../../runtime/compare/compared-run.ts';
import { analyseSweep, type Sweep } from '../../../runtime/compare/sweep.ts';
import { directionOf } from '../../../tui/metric-direction.ts';

/** Runs as they come out of a comparison's reader, without files. */

export function comparedRun(
  id: string,
  dice: readonly number[],
  settings: Readonly<Record<string, string>>,
): ComparedRun {
  const points = dice.map((value, index) => ({ epoch: index + 1, step: 4 * (index + 1), value }));
  const best = points.reduce((a, b) => (b.value > a.value ? b : a));
  const last = dice.at(-1) ?? 0;
  return {
    id,
    folder: `/runs/${id}`,
    profile: null,
    status: 'completed',
    epoch: dice.length,
    seconds: 60,
    settings: new Map(Object.entries({ 'experiment.name': 'organ', ...settings })),
    watch: { metric: 'val.dice', mode: 'max' },
    best,
    metrics: { 'val.dice': points, 'train.loss': points.map((point) => ({ ...point, value: 1 - point.value })) },
    cases: new Map(['sub-1', 'sub-2', 'sub-3'].map((subject, index) => [subject, { dice: last - index / 10 }])),
    remote: null,
    classes: [],
  };
}

export const SLOW = comparedRun('slow', [0.2, 0.5, 0.4], { 'optimizer.learning_rate': '0.001', patch: '[32, 32, 32]' });
export const FAST = comparedRun('fast', [0.6, 0.7, 0.8], { 'optimizer.learning_rate': '0.01', patch: '[32, 32, 32]' });

export const comparison = (...runs: readonly ComparedRun[]) => compareRuns(runs, directionOf);

export const SWEEP: Sweep = analyseSweep('organ-sweep', { metric: 'val.dice', mode: 'max' }, [
  ...['0.001', '0.01'].flatMap((rate, row) =>
    ['8', '16'].map((filters, column) => ({
      id: `organ-sweep-00${1 + 2 * row + column}`,
      settings: { 'optimizer.learning_rate': rate, 'model.init_filters': filters },
      fold: null,
      status: row === 0 && column === 1 ? 'early_stopped' : 'completed',
      epoch: 7,
      best: 0.6 + row / 5 + column / 20,
    })),
  ),
]);

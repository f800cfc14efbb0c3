import { describe, expect, it } from 'vitest';
import { stateOfRun } from '../../../runtime/events/accumulate.ts';
import { bestPoint, countedSeries } from '../../../runtime/events/best-point.ts';
import { bodyOf, recorded } from '../../helpers/run-events.ts';

function validated(epoch: number, metrics: Readonly<Record<string, number>>, asked = false) {
  return bodyOf('validation_finished', { epoch, step: 4 * epoch - (asked ? 1 : 0), metrics, asked });
}

describe('the best of a metric', () => {
  it('is none of a validation that somebody asked for, which stays on the screen’s curve alone', () => {
    const { metrics } = stateOfRun(
      recorded(
        bodyOf('run_started'),
        validated(1, { 'val.dice': 0.9 }, true),
        validated(2, { 'val.dice': 0.5 }),
        validated(4, { 'val.dice': 0.6 }),
      ),
    );
    expect(bestPoint(metrics, 'val.dice', 'max')).toMatchObject({ epoch: 4, value: 0.6 });
    expect(metrics['val.dice']?.map(({ epoch }) => epoch)).toEqual([1, 2, 4]);
    expect(countedSeries(metrics)['val.dice']?.map(({ epoch }) => epoch)).toEqual([2, 4]);
  });

  it('is of the epoch that misses fewer structures, as training keeps its best checkpoint', () => {
    const { metrics } = stateOfRun(
      recorded(
        bodyOf('run_started'),
        validated(1, { 'val.hausdorff95': 1, 'val.hausdorff95.missed': 3 }),
        validated(2, { 'val.hausdorff95': 7, 'val.hausdorff95.missed': 0 }),
      ),
    );
    expect(bestPoint(metrics, 'val.hausdorff95', 'min')).toMatchObject({ epoch: 2, value: 7, missed: 0 });
  });

  it('is none where nothing finite was measured', () => {
    expect(bestPoint({}, 'val.dice', 'max')).toBeNull();
    expect(bestPoint({ 'val.dice': [{ epoch: 1, step: 4, value: Number.NaN }] }, 'val.dice', 'max')).toBeNull();
  });
});

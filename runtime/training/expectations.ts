import type { Plan } from '../../compiler/plan/schema.ts';
import type { RunEventOf } from '../events/schema.ts';
import type { MetricValues } from '../metrics/measure.ts';

type Expectation = Plan['expectations'][number];

const HOLDS: { readonly [O in Expectation['operator']]: (value: number, bound: number) => boolean } = {
  '>=': (value, bound) => value >= bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '<': (value, bound) => value < bound,
};

/** What became of each `expect`; one whose metric was never measured did not hold. */
export function checkExpectations(
  expectations: readonly Expectation[],
  metrics: MetricValues,
): RunEventOf<'run_finished'>['expectations'] {
  return expectations.map(({ metric, operator, value: bound }) => {
    const value = metrics[metric] ?? null;
    return { text: `${metric} ${operator} ${bound}`, value, held: value !== null && HOLDS[operator](value, bound) };
  });
}

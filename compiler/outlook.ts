import { partCounts, stepsPerEpoch } from './plan/counts.ts';
import type { Plan } from './plan/schema.ts';
import type { Band } from './planner/throughput.ts';

/** What estimates need to know and a file does not say: how many cases there are, and how fast the machine is. */
export interface Outlook {
  /** Null where the data set was not looked at. */
  readonly stepsPerEpoch: (plan: Plan) => number | null;
  /** Seconds of a step as earlier runs had them; null where none was measured. */
  readonly stepSeconds: (plan: Plan) => Band | null;
  /** Cores of the machine at hand, for environments that do not say. */
  readonly cores: number | null;
}

/** All that the compiler knows by itself: generated data sets have as many subjects as the file says. */
export const BARE_OUTLOOK: Outlook = { stepsPerEpoch: phantomSteps, stepSeconds: () => null, cores: null };

function phantomSteps({ dataset, sampling, batchSize }: Plan): number | null {
  const { source, subjects } = dataset;
  if (source.layout !== 'phantom') return null;
  const { train } = partCounts(Math.min(source.subjects, subjects ?? source.subjects), dataset);
  return stepsPerEpoch(train, sampling, batchSize);
}

import type { Plan } from './plan/schema.ts';
import { memoryLimit, memoryNeed } from './planner/memory.ts';
import { type Band, throughput } from './planner/throughput.ts';

/** What a run will take, before anything was measured. Bands, not promises: measured steps replace them. */
export interface Estimate {
  readonly peakBytes: Band;
  /** Null where the environment does not state its memory. */
  readonly fitsMemory: boolean | null;
  /** Null where nothing is known of the device. */
  readonly stepSeconds: Band | null;
  /** Training steps alone, without validation and the first step's warm-up; null without steps per epoch. */
  readonly trainingSeconds: Band | null;
  /** Null where the environment has no price. */
  readonly costUsd: Band | null;
  /** Whether the whole band is within the budget, some of it, or none; null without a budget or a time. */
  readonly withinBudget: 'yes' | 'perhaps' | 'no' | null;
  /** Where the figures come from, in a sentence. */
  readonly basis: string;
}

export interface EstimateOptions {
  /** Steps of an epoch, which the data set decides; null when it was not looked at. */
  readonly stepsPerEpoch: number | null;
  /** Cores of the machine at hand, for environments that do not say. */
  readonly cores?: number | null;
}

export function estimate(plan: Plan, { stepsPerEpoch, cores = null }: EstimateOptions): Estimate {
  const { environment, facts, schedule } = plan;
  const limit = memoryLimit(environment);
  const need = memoryNeed(facts, environment.gpu !== null);
  const speed = throughput(environment, cores);
  const stepSeconds = speed === null ? null : { low: facts.stepFlops / speed.high, high: facts.stepFlops / speed.low };
  const steps = stepsPerEpoch === null ? null : stepsPerEpoch * schedule.epochs;
  const trainingSeconds = stepSeconds === null || steps === null ? null : scale(stepSeconds, steps);
  const price = environment.pricePerHourUsd;
  const costUsd = trainingSeconds === null || price === null ? null : scale(trainingSeconds, price / 3600);
  return {
    peakBytes: { low: need.least, high: need.expected },
    fitsMemory: limit === null ? null : need.expected <= limit.usable,
    stepSeconds,
    trainingSeconds,
    costUsd,
    withinBudget: withinBudget(plan.budget, trainingSeconds, costUsd),
    basis: 'an estimate from the arithmetic of a step and what devices of this kind reach, not a measurement',
  };
}

function scale(band: Band, factor: number): Band {
  return { low: band.low * factor, high: band.high * factor };
}

function withinBudget(budget: Plan['budget'], seconds: Band | null, usd: Band | null): Estimate['withinBudget'] {
  if (budget === null || seconds === null) return null;
  const limits = [
    { band: scale(seconds, 1 / 3600), limit: budget.hours },
    { band: usd, limit: budget.usd },
  ];
  const verdicts = limits.flatMap(({ band, limit }) => {
    if (band === null || limit === null) return [];
    return band.high <= limit ? ['yes' as const] : band.low > limit ? ['no' as const] : ['perhaps' as const];
  });
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('perhaps') ? 'perhaps' : (verdicts[0] ?? null);
}

import type { Outlook } from './outlook.ts';
import { memoryNeed } from './plan/memory-need.ts';
import type { Plan } from './plan/schema.ts';
import { memoryLimit } from './planner/memory.ts';
import { type Band, throughput } from './planner/throughput.ts';

/** What a run will take. Bands, not promises: steps that earlier runs measured replace what arithmetic suggests. */
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

export function estimate(plan: Plan, outlook: Outlook): Estimate {
  const { environment, facts, schedule } = plan;
  const limit = memoryLimit(environment, null);
  const need = memoryNeed(facts, environment.gpu !== null);
  const speed = throughput(environment, outlook.cores);
  const measured = outlook.stepSeconds(plan);
  const stepSeconds =
    measured ?? (speed === null ? null : { low: facts.stepFlops / speed.high, high: facts.stepFlops / speed.low });
  const stepsPerEpoch = outlook.stepsPerEpoch(plan);
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
    basis:
      measured !== null
        ? 'measured in earlier runs'
        : 'an estimate from the arithmetic of a step and what devices of this kind reach, not a measurement',
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

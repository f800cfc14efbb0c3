import { stepKeyOf, WORKLOAD_TERMS, type WorkloadTerm } from './graph/workload.ts';
import type { DataOutlook, MeasuredStep, Outlook } from './outlook.ts';
import { memoryFactors, memoryNeed } from './plan/memory-need.ts';
import type { Plan } from './plan/schema.ts';
import { workloadOf } from './planner/facts.ts';
import { fitCosts, type Predictor } from './planner/fit.ts';
import { memoryLimit } from './planner/memory.ts';
import { type Band, stepPrior } from './planner/throughput.ts';
import { validationSteps } from './planner/validation.ts';
import { medianOf } from './quantiles.ts';

/** What a run will take. Bands, not promises, that nine runs in ten are meant to keep to. */
export interface Estimate {
  /** From what no step can do without to the upper end of what is expected. */
  readonly peakBytes: Band;
  /** The most probable figure: with the engine and its workspaces, as the system counts it. */
  readonly expectedBytes: number;
  /** Whether it fits by what is planned; null where the environment does not state its memory. */
  readonly fitsMemory: boolean | null;
  /** Null where nothing is known of the device. */
  readonly stepSeconds: Band | null;
  readonly expectedStepSeconds: number | null;
  /** Training steps and validations of the whole schedule; null without steps per epoch. */
  readonly scheduleSeconds: Band | null;
  /** Whether validations are in it: only where the size of a case is known. */
  readonly withValidation: boolean;
  /** Null where the environment has no price. */
  readonly costUsd: Band | null;
  /** Whether the whole band is within the budget, some of it, or none; null without a budget or a time. */
  readonly withinBudget: 'yes' | 'perhaps' | 'no' | null;
  readonly basis: Basis;
}

/** Where the figures come from. */
export type Basis =
  /** This very step was measured. */
  | { readonly kind: 'measured'; readonly source: string }
  /** Other steps were measured on the device. */
  | { readonly kind: 'calibrated'; readonly steps: number }
  | { readonly kind: 'estimated' };

/** 90 % of a normal distribution lie within so many standard deviations. */
const BAND = 1.645;
/** Steps of one plan differ by this much between runs of one machine, whatever a run shows within itself. */
const BETWEEN_RUNS = 0.05;
/** Windows of a validation are batched, blended and measured: beside the network's forward pass. */
const VALIDATION_FACTOR: Band = { low: 1, high: 1.5 };

export function estimate(plan: Plan, outlook: Outlook): Estimate {
  const { environment, facts, schedule } = plan;
  const measured = outlook.measured(plan);
  const memory = predictMemory(plan, measured);
  const planned = memoryNeed(facts, environment.gpu !== null);
  const limit = memoryLimit(environment, null);
  const step = predictStep(plan, outlook, measured);
  const data = outlook.data(plan);
  const stepSeconds = step === null ? null : step.band;
  const training =
    stepSeconds === null || data === null ? null : scale(stepSeconds, data.stepsPerEpoch * schedule.epochs);
  const validation = stepSeconds === null || data === null ? null : validationSeconds(plan, stepSeconds, data);
  const scheduleSeconds = training === null ? null : validation === null ? training : add(training, validation);
  const price = environment.pricePerHourUsd;
  const costUsd = scheduleSeconds === null || price === null ? null : scale(scheduleSeconds, price / 3600);
  return {
    peakBytes: { low: Math.min(planned.least, memory.expected), high: memory.high },
    expectedBytes: memory.expected,
    fitsMemory: limit === null ? null : planned.expected <= limit.usable,
    stepSeconds,
    expectedStepSeconds: step === null ? null : step.expected,
    scheduleSeconds,
    withValidation: validation !== null,
    costUsd,
    withinBudget: withinBudget(plan.budget, scheduleSeconds, costUsd),
    basis: step?.basis ?? { kind: 'estimated' },
  };
}

export function basisText(basis: Basis): string {
  switch (basis.kind) {
    case 'measured':
      return `measured in ${basis.source}`;
    case 'calibrated':
      return `from ${basis.steps === 1 ? 'another step' : `${basis.steps} other steps`} measured on this device`;
    case 'estimated':
      return 'an estimate from what a step computes and moves and what devices of this kind reach, not a measurement';
  }
}

interface StepPrediction {
  readonly expected: number;
  readonly band: Band;
  readonly basis: Basis;
}

function predictStep(plan: Plan, outlook: Outlook, measured: readonly MeasuredStep[]): StepPrediction | null {
  if (measured.length === 0 && stepPrior(plan.environment, outlook.cores) === null) return null;
  const workload = workloadOf(plan);
  const key = stepKeyOf(workload);
  const same = measured.filter((each) => stepKeyOf(each.workload) === key);
  const latest = same.at(-1);
  if (latest !== undefined) {
    const expected = medianOf(same.map(({ secondsPerStep, waitSeconds }) => secondsPerStep + waitSeconds));
    const spread = Math.hypot(BETWEEN_RUNS, latest.spread / 2);
    return { expected, band: bandAround(expected, spread), basis: { kind: 'measured', source: latest.source } };
  }
  const predict = stepPredictor(plan, outlook, measured);
  if (predict === null) return null;
  const { value, spread } = predict(workload);
  const steps = new Set(measured.map((each) => stepKeyOf(each.workload))).size;
  const basis: Basis = steps === 0 ? { kind: 'estimated' } : { kind: 'calibrated', steps };
  return { expected: value, band: bandAround(value, spread), basis };
}

/** Fits are kept by the list of measurements and the device that they were made for. */
const predictors = new WeakMap<readonly MeasuredStep[], Map<string, Predictor<WorkloadTerm>>>();

function stepPredictor(
  { environment }: Plan,
  { cores }: Outlook,
  measured: readonly MeasuredStep[],
): Predictor<WorkloadTerm> | null {
  const known = predictors.get(measured) ?? new Map<string, Predictor<WorkloadTerm>>();
  predictors.set(measured, known);
  const key = JSON.stringify([environment.gpu?.name ?? null, environment.cpuCores ?? cores]);
  const found = known.get(key);
  if (found !== undefined) return found;
  // Of a GPU that the catalogue does not know, measurements alone speak; a wide start from any other is as good.
  const prior = stepPrior(environment, cores) ?? stepPrior({ gpu: null, cpuCores: UNKNOWN_CORES }, null);
  if (prior === null) return null;
  const made = fitCosts(
    WORKLOAD_TERMS,
    measured.length === 0 ? prior : { ...prior, common: Math.max(prior.common, MEASURED_COMMON) },
    measured.map(({ workload, secondsPerStep }) => ({ amounts: workload, value: secondsPerStep })),
  );
  known.set(key, made);
  return made;
}

const UNKNOWN_CORES = 16;
/** Where something was measured, it says how fast the device is as a whole: what was thought before hardly counts. */
const MEASURED_COMMON = 2;

type MemoryTerm = 'base' | 'stateBytes' | 'activationBytes';
const MEMORY_TERMS: readonly MemoryTerm[] = ['base', 'stateBytes', 'activationBytes'];
const memoryPredictors = new WeakMap<readonly MeasuredStep[], Predictor<MemoryTerm>>();

/** What a trainer is expected to take at its peak, and the upper end of that band, in bytes. */
export interface ExpectedMemory {
  readonly expected: number;
  readonly high: number;
}

/** As `memoryNeed` by itself; what trainers on this device took has its say where it was measured. */
export function predictMemory({ environment, facts }: Plan, measured: readonly MeasuredStep[]): ExpectedMemory {
  const onGpu = environment.gpu !== null;
  const factors = memoryFactors(onGpu);
  const known = memoryPredictors.get(measured);
  const predict =
    known ??
    fitCosts(
      MEMORY_TERMS,
      {
        terms: {
          base: { cost: factors.base, spread: 0.1 },
          stateBytes: { cost: factors.perStateByte, spread: 0.15 },
          activationBytes: { cost: factors.perActivationByte, spread: 0.08 },
        },
        common: 0.03,
        noise: onGpu ? 0.12 : 0.06,
      },
      measured.flatMap(({ stateBytes, activationPeakBytes, peakBytes }) =>
        peakBytes === null
          ? []
          : { amounts: { base: 1, stateBytes, activationBytes: activationPeakBytes }, value: peakBytes },
      ),
    );
  // Nothing measured is one list for all devices.
  if (known === undefined && measured.length > 0) memoryPredictors.set(measured, predict);
  const { stateBytes, activationPeakBytes } = facts;
  const { value, spread } = predict({ base: 1, stateBytes, activationBytes: activationPeakBytes });
  return { expected: value, high: value * Math.exp(BAND * spread) };
}

function validationSeconds(plan: Plan, stepSeconds: Band, data: DataOutlook): Band | null {
  const steps = validationSteps(plan, data);
  if (steps === null) return null;
  return {
    low: steps * stepSeconds.low * VALIDATION_FACTOR.low,
    high: steps * stepSeconds.high * VALIDATION_FACTOR.high,
  };
}

function bandAround(value: number, spread: number): Band {
  const factor = Math.exp(BAND * spread);
  return { low: value / factor, high: value * factor };
}

function scale(band: Band, factor: number): Band {
  return { low: band.low * factor, high: band.high * factor };
}

function add(a: Band, b: Band): Band {
  return { low: a.low + b.low, high: a.high + b.high };
}

export function withinBudget(budget: Plan['budget'], seconds: Band | null, usd: Band | null): Estimate['withinBudget'] {
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

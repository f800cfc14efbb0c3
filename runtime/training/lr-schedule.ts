import type { PlanLrSchedule } from '../../compiler/plan/schema.ts';

export interface RunLength {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

/** A share of the base rate at a step, counted from 1 to `totalSteps`. */
type LrSchedule<K extends PlanLrSchedule['kind']> = (
  settings: Extract<PlanLrSchedule, { kind: K }>,
  step: number,
  length: RunLength,
) => number;

/** A new schedule is one line here (and its settings in the plan's schema). */
const LR_SCHEDULES: { readonly [K in PlanLrSchedule['kind']]: LrSchedule<K> } = {
  constant: () => 1,

  /** Linear up to 1 at the last warm-up step, then half a cosine down to `minimum` at the last step of the run. */
  warmup_cosine: ({ warmup, minimum }, step, { totalSteps, stepsPerEpoch }) => {
    const warmupSteps = Math.min(totalSteps, Math.round(warmup.value * (warmup.unit === 'epochs' ? stepsPerEpoch : 1)));
    if (step <= warmupSteps) return step / warmupSteps;
    const progress = (step - warmupSteps) / (totalSteps - warmupSteps);
    return minimum + ((1 - minimum) * (1 + Math.cos(Math.PI * progress))) / 2;
  },

  /** nnU-Net PolyLRScheduler, by steps instead of epochs. */
  polynomial: ({ power }, step, { totalSteps }) => (1 - (step - 1) / totalSteps) ** power,
};

/** @returns the learning rate of a step; `base` is the optimizer's */
export function learningRateAt(schedule: PlanLrSchedule, base: number, step: number, length: RunLength): number {
  return base * shareAt(schedule, step, length);
}

function shareAt<K extends PlanLrSchedule['kind']>(
  schedule: Extract<PlanLrSchedule, { kind: K }>,
  step: number,
  length: RunLength,
): number {
  const kind: K = schedule.kind;
  return LR_SCHEDULES[kind](schedule, step, length);
}

import type { Progress } from '../checkpoints/state.ts';
import { NumericError } from '../errors.ts';
import type { Learner } from './learner.ts';
import { describeNotFinite } from './not-finite.ts';
import type { TrainingRun } from './training-run.ts';

/** A step whose loss or gradient is NaN or infinite: `schedule { on_nan: stop | skip(limit: 10) }`. */

/** The first tensor of a step that is no number: weights come before the loss, and the loss before its gradient. */
export interface Trouble {
  readonly tensor: 'weights' | 'loss' | 'gradient';
  /** `NaN, in conv_final.2.conv.weight` */
  readonly what: string;
  readonly value: number;
}

export interface SpoiltStep {
  readonly step: number;
  readonly stepInEpoch: number;
  readonly cases: readonly string[];
  readonly loss: number;
}

/**
 * Leaves a step out where the plan allows it: weights, optimizer and moving average are those of before.
 *
 * @returns the progress after it
 * @throws NumericError where the plan does not allow it (any more), or the weights themselves are spoilt
 */
export async function skipOrStop(run: TrainingRun, before: Progress, at: SpoiltStep): Promise<Progress> {
  const { onNan } = run.plan.schedule;
  const trouble = await findTrouble(run.learner, at.loss);
  if (onNan.kind === 'stop' || trouble.tensor === 'weights') throw stopped(run, at, trouble, null);
  if (before.skipped >= onNan.limit) throw stopped(run, at, trouble, onNan.limit);
  const skipped = before.skipped + 1;
  const { step, stepInEpoch, cases } = at;
  run.events.write({
    type: 'step_skipped',
    epoch: before.epoch,
    step,
    stepInEpoch,
    tensor: trouble.tensor,
    what: trouble.what,
    cases: [...cases],
    skipped,
    limit: onNan.limit,
  });
  return { ...before, step, stepInEpoch, skipped, skippedInEpoch: before.skippedInEpoch + 1 };
}

async function findTrouble(learner: Learner, loss: number): Promise<Trouble> {
  const weights = await learner.notFinite('weights');
  if (weights !== null) return { tensor: 'weights', what: describeNotFinite(weights), value: weights.value };
  if (!Number.isFinite(loss)) return { tensor: 'loss', what: String(loss), value: loss };
  const gradient = await learner.notFinite('gradient');
  // Each value is a number, and the sum of their squares is none any more.
  if (gradient === null) return { tensor: 'gradient', what: 'too large for a norm', value: Number.POSITIVE_INFINITY };
  return { tensor: 'gradient', what: describeNotFinite(gradient), value: gradient.value };
}

function stopped(run: TrainingRun, at: SpoiltStep, { tensor, what }: Trouble, limit: number | null): NumericError {
  const { step, cases } = at;
  const used = limit === null ? '' : `; ${limit} such steps were left out before, which is the limit of on_nan`;
  const verb = tensor === 'weights' ? 'are' : 'is';
  return new NumericError(
    step,
    tensor,
    `the ${tensor} of step ${step} ${verb} ${what} (cases ${cases.join(', ')})${used}`,
    { help: `${advice(run, tensor)}; ${lastGood(run)}` },
  );
}

function advice({ plan }: TrainingRun, tensor: Trouble['tensor']): string {
  const gentler = plan.optimizer.gradientClip === null ? ', or limit gradients with gradient_clip' : '';
  const lower = `lower learning_rate${gentler}`;
  if (tensor === 'weights' || plan.schedule.onNan.kind === 'skip') return lower;
  return `${lower}, or leave single steps out with \`schedule { on_nan: skip(limit: 10) }\``;
}

/** Resuming would come to the same step again, with the same numbers. */
function lastGood({ checkpointer }: TrainingRun): string {
  const good = checkpointer.lastSaved();
  if (good === null) return 'no checkpoint was written yet: start a new run';
  return `the last good checkpoint is ${good.path}, of step ${good.step}: a new run with those settings goes on from it with \`weights: "${good.folder}"\` in its model`;
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Progress } from '../checkpoints/state.ts';
import { type MetricValues, meanOverCases } from '../metrics/measure.ts';
import { learningRateAt } from './lr-schedule.ts';
import { skipOrStop } from './numeric-trouble.ts';
import { obeyRequests } from './obey.ts';
import { validateAndRecord } from './recorded-validation.ts';
import type { TrainingEnd, TrainingRun } from './training-run.ts';
import { isOutOfPatience, updateBest } from './watch.ts';

/**
 * Trains from a state of progress to the end, or to a stop, which leaves a checkpoint. Everything that follows is a
 * function of plan and progress alone, so that a resumed run ends with the same weights as an undisturbed one.
 */
export async function train(
  run: TrainingRun,
  from: Progress,
): Promise<{ readonly end: TrainingEnd; readonly progress: Progress }> {
  const { schedule } = run.plan;
  let progress = from;
  for (;;) {
    if (progress.epochDone) {
      if (isOutOfPatience(schedule.earlyStop, progress.earlyStop, progress.epoch))
        return { end: 'early_stopped', progress };
      if (progress.epoch >= schedule.epochs) return { end: 'completed', progress };
      if (run.halving?.holdsBack(progress) === true) return { end: 'stopped_early', progress };
      progress = beginEpoch(run, progress);
    }
    const startedAt = performance.now();
    progress = await takeSteps(run, progress);
    if (!run.stop.requested) progress = await endEpoch(run, progress, startedAt);
    if (run.stop.requested) {
      await run.checkpointer.save('last', progress);
      return { end: 'stopped', progress };
    }
  }
}

function beginEpoch(run: TrainingRun, progress: Progress): Progress {
  const epoch = progress.epoch + 1;
  run.events.write({ type: 'epoch_started', epoch });
  return advance(run, { ...progress, epoch, stepInEpoch: 0, epochDone: false, lossSum: 0, skippedInEpoch: 0 });
}

/** The rest of an epoch's steps, or those until a stop. */
async function takeSteps(run: TrainingRun, from: Progress): Promise<Progress> {
  let progress = from;
  while (progress.stepInEpoch < run.data.stepsPerEpoch && !run.stop.requested) {
    progress = await takeStep(run, progress);
    await run.checkpointer.afterStep(progress);
    await obeyRequests(run, progress);
    // The engine's calls block: signals and timers get their turn here.
    await nextTurn();
  }
  return progress;
}

async function takeStep(run: TrainingRun, before: Progress): Promise<Progress> {
  const { data, learner, events } = run;
  const startedAt = performance.now();
  const [step, stepInEpoch] = [before.step + 1, before.stepInEpoch + 1];
  const batch = await data.batch(before.epoch, stepInEpoch);
  const waitSeconds = secondsSince(startedAt);

  const loss = await learner.computeLoss(batch);
  const spoilt = { step, stepInEpoch, cases: batch.caseIds, loss };
  // Who may leave the step out has to know before the update; for who stops at it, the update says it in passing.
  const foreseen = run.plan.schedule.onNan.kind === 'skip' ? await learner.gradientNorm() : 0;
  if (!Number.isFinite(loss + foreseen)) return advance(run, await skipOrStop(run, before, spoilt));
  const learningRate = learningRateOf(run, step);
  // A step that was left out is none of the optimizer's.
  const gradientNorm = await learner.update(learningRate, step - before.skipped);
  if (!Number.isFinite(gradientNorm)) return advance(run, await skipOrStop(run, before, spoilt));

  events.write({
    type: 'step',
    epoch: before.epoch,
    step,
    stepInEpoch,
    loss,
    learningRate,
    gradientNorm,
    seconds: secondsSince(startedAt),
    waitSeconds,
  });
  return advance(run, { ...before, step, stepInEpoch, lossSum: before.lossSum + loss });
}

/** Validation where it is due, the best so far, and a checkpoint. A stop in between leaves the epoch open. */
async function endEpoch(run: TrainingRun, before: Progress, startedAt: number): Promise<Progress> {
  const { plan, data, events, checkpointer } = run;
  const { schedule } = plan;
  const { epoch, step } = before;
  const counted = data.stepsPerEpoch - before.skippedInEpoch;
  const trained: MetricValues = {
    ...(counted > 0 ? { 'train.loss': before.lossSum / counted } : {}),
    'train.learning_rate': learningRateOf(run, step),
  };
  events.write({ type: 'epoch_finished', epoch, step, seconds: secondsSince(startedAt), metrics: trained });

  const isDue = epoch % schedule.validateEveryEpochs === 0 || epoch === schedule.epochs;
  const validated = isDue && data.split.validation.length > 0 ? await validateAndRecord(run, before) : null;
  if (run.stop.requested && isDue && validated === null) return before;

  const measured = validated === null ? {} : meanOverCases(validated.measured, 'val');
  const metrics = { ...trained, ...measured };
  const best = updateBest(before.best, schedule.keepBest, { epoch, step, metrics });
  const watch = schedule.earlyStop?.watch;
  const earlyStop = watch === undefined ? null : updateBest(before.earlyStop, watch, { epoch, step, metrics });
  const isBest = best !== before.best;
  const progress = advance(run, { ...before, epochDone: true, best, earlyStop, metrics });
  if (validated !== null) {
    const { seconds } = validated;
    const told = { seconds, metrics: measured, best: isBest, asked: false };
    events.write({ type: 'validation_finished', epoch, step, ...told });
  }
  if (isBest) await checkpointer.save('best', progress);
  await checkpointer.afterEpoch(progress);
  return progress;
}

function learningRateOf({ plan, data }: TrainingRun, step: number): number {
  const { stepsPerEpoch } = data;
  const totalSteps = plan.schedule.epochs * stepsPerEpoch;
  return learningRateAt(plan.schedule.lrSchedule, plan.optimizer.learningRate, step, { stepsPerEpoch, totalSteps });
}

function advance(run: TrainingRun, progress: Progress): Progress {
  const timed = { ...progress, seconds: run.seconds() };
  run.onProgress(timed);
  return timed;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

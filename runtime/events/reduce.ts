import { assertNever } from '../../dsl/assert-never.ts';
import { extendCurve, rewindCurve } from './curve.ts';
import { initialRunState, type LogLine, type MetricPoint, type RunState } from './run-state.ts';
import type { RunEvent, RunEventOf } from './schema.ts';

const LOG_LINES = 200;

/** Weight of the newest step in the running mean: the last thirty or so steps count. */
const SMOOTHING = 0.06;

/** The state after one more event. */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  return withEta({ ...advance(state, event), updatedAt: event.time });
}

/** The state after all of a run's events. */
export function stateOfRun(events: Iterable<RunEvent>, watch?: RunState['watch']): RunState {
  let state = initialRunState(watch);
  for (const event of events) state = reduceRun(state, event);
  return state;
}

function advance(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run_started':
      return startAttempt(state, event);
    case 'engine':
      return withLog({ ...state, engine: event }, event.time, 'warning', event.notice);
    case 'data':
      return { ...state, data: event, totalSteps: event.epochs * event.stepsPerEpoch };
    case 'model':
      return { ...state, model: event };
    case 'weights':
      // A log event says it in words.
      return state;
    case 'epoch_started':
      return { ...state, phase: 'training', epoch: event.epoch, stepInEpoch: 0 };
    case 'step':
      return takeStep(state, event);
    case 'epoch_finished':
      return { ...state, epoch: event.epoch, metrics: addMetrics(state, event) };
    case 'validation_started':
      return {
        ...state,
        phase: 'validating',
        validation: { epoch: event.epoch, casesDone: 0, cases: event.cases },
      };
    case 'validation_case':
      return state.validation === null
        ? state
        : { ...state, validation: { ...state.validation, casesDone: state.validation.casesDone + 1 } };
    case 'validation_finished':
      return finishValidation(state, event);
    case 'checkpoint':
      return event.kind === 'best' ? { ...state, bestCheckpoint: event } : { ...state, lastCheckpoint: event };
    case 'prediction':
      return {
        ...state,
        phase: 'predicting',
        predictions: [...state.predictions.filter(({ path }) => path !== event.path), event],
      };
    case 'system':
      return { ...state, system: event, peakRssBytes: Math.max(state.peakRssBytes, event.rssBytes) };
    case 'log':
      return withLog(state, event.time, event.level, event.message);
    case 'run_finished':
      return finish(state, event);
    default:
      return assertNever(event);
  }
}

/** A resumed run goes back to its checkpoint: what was recorded beyond it happens again. */
function startAttempt(state: RunState, event: RunEventOf<'run_started'>): RunState {
  const from = event.resumedFromStep ?? 0;
  const kept = (points: readonly MetricPoint[]) => points.filter((point) => point.step <= from);
  const metrics = Object.entries(state.metrics).map(([name, points]) => [name, kept(points)] as const);
  return {
    ...state,
    status: 'running',
    phase: 'setting up',
    run: event,
    attempts: state.attempts + 1,
    startedAt: state.startedAt ?? event.time,
    attemptStartedAt: event.time,
    step: from,
    loss: rewindCurve(state.loss, from),
    learningRate: rewindCurve(state.learningRate, from),
    metrics: Object.fromEntries(metrics.filter(([, points]) => points.length > 0)),
    best: state.best !== null && state.best.step > from ? null : state.best,
    validation: null,
    lastStep: null,
    secondsPerStep: null,
    waitFraction: null,
    finished: null,
  };
}

function takeStep(state: RunState, event: RunEventOf<'step'>): RunState {
  // The first step of an attempt allocates and compiles: it would spoil the mean for minutes.
  const first = state.lastStep === null;
  return {
    ...state,
    phase: 'training',
    epoch: event.epoch,
    step: event.step,
    stepInEpoch: event.stepInEpoch,
    lastStep: event,
    secondsPerStep: first ? null : smooth(state.secondsPerStep, event.seconds),
    waitFraction: first ? null : smooth(state.waitFraction, event.seconds > 0 ? event.waitSeconds / event.seconds : 0),
    loss: extendCurve(state.loss, event.step, event.loss),
    learningRate: extendCurve(state.learningRate, event.step, event.learningRate),
  };
}

function finishValidation(state: RunState, event: RunEventOf<'validation_finished'>): RunState {
  const value = event.metrics[state.watch.metric];
  const validations = state.validations + 1;
  return {
    ...state,
    phase: 'training',
    validation: null,
    metrics: addMetrics(state, event),
    best: event.best && value !== undefined ? { epoch: event.epoch, step: event.step, value } : state.best,
    validations,
    validationSeconds: ((state.validationSeconds ?? 0) * state.validations + event.seconds) / validations,
  };
}

function finish(state: RunState, event: RunEventOf<'run_finished'>): RunState {
  const finished: RunState = {
    ...state,
    status: event.status,
    phase: 'finished',
    validation: null,
    finished: event,
    // A trainer that was killed cannot say where it stood.
    epoch: Math.max(state.epoch, event.epoch),
    step: Math.max(state.step, event.step),
  };
  return withLog(finished, event.time, 'error', event.error?.message ?? null);
}

function addMetrics(
  state: RunState,
  event: RunEventOf<'epoch_finished'> | RunEventOf<'validation_finished'>,
): RunState['metrics'] {
  const metrics: Record<string, readonly MetricPoint[]> = { ...state.metrics };
  for (const [name, value] of Object.entries(event.metrics))
    metrics[name] = [...(metrics[name] ?? []), { epoch: event.epoch, step: event.step, value }];
  return metrics;
}

function withLog(state: RunState, time: number, level: LogLine['level'], message: string | null): RunState {
  return message === null ? state : { ...state, log: [...state.log, { time, level, message }].slice(-LOG_LINES) };
}

function withEta(state: RunState): RunState {
  if (state.finished !== null) return { ...state, etaSeconds: 0 };
  const { totalSteps, secondsPerStep, data } = state;
  if (totalSteps === null || secondsPerStep === null || data === null) return { ...state, etaSeconds: null };
  const training = Math.max(0, totalSteps - state.step) * secondsPerStep;
  return { ...state, etaSeconds: training + validationsToCome(state, data) * (state.validationSeconds ?? 0) };
}

/** As many more as there were so far for the epochs done. */
function validationsToCome(state: RunState, data: RunEventOf<'data'>): number {
  return state.epoch === 0 ? 0 : (state.validations / state.epoch) * Math.max(0, data.epochs - state.epoch);
}

function smooth(mean: number | null, value: number): number {
  return mean === null ? value : mean + SMOOTHING * (value - mean);
}

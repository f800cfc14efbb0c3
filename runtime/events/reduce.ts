import { assertNever } from '../../dsl/assert-never.ts';
import { extendCurve, rewindCurve } from './curve.ts';
import type { LogLine, MetricPoint, RunState } from './run-state.ts';
import type { RunEvent, RunEventOf } from './schema.ts';

const LOG_LINES = 200;

/** Weight of the newest step in the running mean: the last thirty or so steps count. */
const SMOOTHING = 0.06;
/** And in the mean that shows whether the pace drifts: some two hundred steps. */
const LONG_SMOOTHING = 0.01;
/** A pace is never known better: other programs come and go. */
const LEAST_SPREAD = 0.02;

/** The latest series of metrics, as long as nobody has seen the states that hold them: those may grow in place. */
export type UnseenSeries = Map<string, MetricPoint[]>;

/**
 * The state after one more event.
 *
 * @param unseen what may grow in place; without it the state before stays as it is
 */
export function reduceRun(state: RunState, event: RunEvent, unseen: UnseenSeries = new Map()): RunState {
  return withEta({ ...advance(state, event, unseen), updatedAt: event.time });
}

function advance(state: RunState, event: RunEvent, unseen: UnseenSeries): RunState {
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
    case 'step_skipped':
      return skipStep(state, event);
    case 'epoch_finished':
      return { ...state, epoch: event.epoch, metrics: addMetrics(state, event, unseen) };
    case 'validation_started':
      return {
        ...state,
        phase: 'validating',
        validation: { epoch: event.epoch, casesDone: 0, cases: event.cases },
      };
    case 'validation_case':
      return measureCase(state, event);
    case 'validation_finished':
      return finishValidation(state, event, unseen);
    case 'rung':
      return withLog(state, event.time, 'info', rungText(event));
    case 'paused':
      return { ...state, paused: true };
    case 'continued':
      return { ...state, paused: false };
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
    paused: false,
    run: event,
    attempts: state.attempts + 1,
    startedAt: state.startedAt ?? event.time,
    attemptStartedAt: event.time,
    earlierSeconds: state.earlierSeconds + attemptSeconds(state),
    step: from,
    skippedSteps: state.skippedSteps.filter((step) => step <= from),
    loss: rewindCurve(state.loss, from),
    learningRate: rewindCurve(state.learningRate, from),
    metrics: Object.fromEntries(metrics.filter(([, points]) => points.length > 0)),
    best: state.best !== null && state.best.step > from ? null : state.best,
    validation: null,
    lastStep: null,
    secondsPerStep: null,
    paceSpread: null,
    longSecondsPerStep: null,
    stepVariance: 0,
    waitFraction: null,
    finished: null,
  };
}

/** Seconds that the latest attempt was at work, up to its last event. */
function attemptSeconds({ attemptStartedAt, updatedAt }: RunState): number {
  return attemptStartedAt === null || updatedAt === null ? 0 : (updatedAt - attemptStartedAt) / 1000;
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
    ...(first ? {} : paceAfter(state, event.seconds)),
    waitFraction: first ? null : smooth(state.waitFraction, event.seconds > 0 ? event.waitSeconds / event.seconds : 0),
    loss: extendCurve(state.loss, event.step, event.loss),
    learningRate: extendCurve(state.learningRate, event.step, event.learningRate),
  };
}

function paceAfter(
  state: RunState,
  seconds: number,
): Pick<RunState, 'secondsPerStep' | 'longSecondsPerStep' | 'stepVariance' | 'paceSpread'> {
  const mean = smooth(state.secondsPerStep, seconds);
  const long = smooth(state.longSecondsPerStep, seconds, LONG_SMOOTHING);
  const deviation = state.secondsPerStep === null ? 0 : seconds - state.secondsPerStep;
  const variance = smooth(state.stepVariance, deviation ** 2);
  // An exponential mean of weight w is as good as one over (2 − w) / w values.
  const standardError = Math.sqrt((variance * SMOOTHING) / (2 - SMOOTHING));
  const spread = mean > 0 ? (2 * standardError + Math.abs(mean - long)) / mean : 0;
  return {
    secondsPerStep: mean,
    longSecondsPerStep: long,
    stepVariance: variance,
    paceSpread: Math.max(LEAST_SPREAD, spread),
  };
}

function measureCase(state: RunState, { subject, epoch, metrics }: RunEventOf<'validation_case'>): RunState {
  const cases = { ...state.cases, [subject]: { epoch, metrics } };
  const { validation } = state;
  if (validation === null) return { ...state, cases };
  return { ...state, cases, validation: { ...validation, casesDone: validation.casesDone + 1 } };
}

function skipStep(state: RunState, event: RunEventOf<'step_skipped'>): RunState {
  const { epoch, step, stepInEpoch } = event;
  const skippedSteps = [...state.skippedSteps, step];
  const after: RunState = { ...state, phase: 'training', epoch, step, stepInEpoch, skippedSteps };
  return withLog(after, event.time, 'warning', skippedText(event));
}

/** What a log says of a step that was left out. */
export function skippedText({ step, tensor, what, cases, skipped, limit }: RunEventOf<'step_skipped'>): string {
  return `step ${step} is left out, number ${skipped} of at most ${limit}: its ${tensor} is ${what} (cases ${cases.join(', ')})`;
}

/** What a log says of a comparison with the other runs of a sweep. */
export function rungText({ epoch, runs, better, goesOn }: RunEventOf<'rung'>): string {
  const others = runs === 2 ? 'the other run that has' : `the ${runs - 1} other runs that have`;
  const rank = `${better} of ${others} come to epoch ${epoch} ${better === 1 ? 'is' : 'are'} better`;
  return `halving: ${runs === 1 ? `the first run to come to epoch ${epoch}` : rank}; ${goesOn ? 'it goes on' : 'it stops here'}`;
}

function finishValidation(state: RunState, event: RunEventOf<'validation_finished'>, unseen: UnseenSeries): RunState {
  const measured: RunState = {
    ...state,
    phase: 'training',
    validation: null,
    metrics: addMetrics(state, event, unseen),
  };
  // One that somebody asked for is drawn, and counts for nothing.
  if (event.asked) return measured;
  const value = event.metrics[state.watch.metric];
  const validations = state.validations + 1;
  return {
    ...measured,
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
    paused: false,
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
  unseen: UnseenSeries,
): RunState['metrics'] {
  const metrics: Record<string, readonly MetricPoint[]> = { ...state.metrics };
  const asked = event.type === 'validation_finished' && event.asked ? { asked: true as const } : {};
  for (const [name, value] of Object.entries(event.metrics)) {
    const known = metrics[name] ?? [];
    const own = unseen.get(name);
    const series = own === known ? own : [...known];
    series.push({ epoch: event.epoch, step: event.step, value, ...asked });
    unseen.set(name, series);
    metrics[name] = series;
  }
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

function smooth(mean: number | null, value: number, weight = SMOOTHING): number {
  return mean === null ? value : mean + weight * (value - mean);
}

import type { WatchedMetric } from '../../compiler/plan/schema.ts';
import { type Curve, EMPTY_CURVE } from './curve.ts';
import type { RunEventOf } from './schema.ts';

/** What the events of a run add up to: all that screens, plain lines and tables show. */

export type RunStatus = 'starting' | 'running' | RunEventOf<'run_finished'>['status'];

/** Whether a run has come to its end, so that nothing is left to continue. @param status of a run, or what stands for one that is not known */
export function isComplete({ status }: { readonly status: string }): boolean {
  return status === 'completed' || status === 'early_stopped';
}

/** Whether a run of a matrix is done with: complete, or held back by the halving of its sweep, from where a person may let it go on. */
export function isOver(run: { readonly status: string }): boolean {
  return isComplete(run) || run.status === 'stopped_early';
}

/**
 * Seconds that a run has been at work, all attempts together, without the time between them; null before its start.
 *
 * @param now milliseconds since the Unix epoch, for a run that goes on
 */
export function workedSeconds(state: RunState, now: number): number | null {
  if (state.finished !== null) return state.finished.seconds;
  if (state.attemptStartedAt === null) return null;
  return state.earlierSeconds + Math.max(0, now - state.attemptStartedAt) / 1000;
}

export type RunPhase = 'setting up' | 'training' | 'validating' | 'predicting' | 'finished';

export interface MetricPoint {
  readonly epoch: number;
  readonly step: number;
  readonly value: number;
  /** Of a validation that somebody asked for: it is drawn on the screen, and counts for nothing else. */
  readonly asked?: true;
}

export interface CaseState {
  readonly epoch: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface LogLine {
  readonly time: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

export interface RunState {
  /** What `best` is about: the plan's `schedule.keepBest`. */
  readonly watch: WatchedMetric;
  readonly status: RunStatus;
  readonly phase: RunPhase;
  /** Somebody at a screen wanted it to wait. */
  readonly paused: boolean;
  readonly run: RunEventOf<'run_started'> | null;
  readonly engine: RunEventOf<'engine'> | null;
  readonly data: RunEventOf<'data'> | null;
  readonly model: RunEventOf<'model'> | null;
  /** 1 for a run that was never resumed, 0 before it starts. */
  readonly attempts: number;
  /** Milliseconds since the Unix epoch: the first attempt's start, the latest attempt's start, the last event. */
  readonly startedAt: number | null;
  readonly attemptStartedAt: number | null;
  /** In which earlier attempts were at work: they were paid for. */
  readonly earlierSeconds: number;
  readonly updatedAt: number | null;

  readonly epoch: number;
  /** Over the whole run. */
  readonly step: number;
  readonly stepInEpoch: number;
  /** Steps that were left out, because they were no numbers. */
  readonly skippedSteps: readonly number[];
  /** Null until the data are known. */
  readonly totalSteps: number | null;
  readonly lastStep: RunEventOf<'step'> | null;
  /** Mean seconds of the latest steps, waiting included; null before the second step, since the first one warms up. */
  readonly secondsPerStep: number | null;
  /** How far the pace is known, as a share of it: two standard errors of that mean, and its drift. */
  readonly paceSpread: number | null;
  /** The same mean over a longer past, and the variance of single steps; what `paceSpread` is made of. */
  readonly longSecondsPerStep: number | null;
  readonly stepVariance: number;
  /** The share of those seconds spent waiting for data, 0 to 1. */
  readonly waitFraction: number | null;
  /** Seconds to the end, validations included; null while nothing is known. */
  readonly etaSeconds: number | null;

  readonly loss: Curve;
  readonly learningRate: Curve;
  /** Metrics of epochs and validations by name (`train.loss`, `val.dice`), in order of epochs. */
  readonly metrics: Readonly<Record<string, readonly MetricPoint[]>>;
  readonly best: MetricPoint | null;
  /** What the latest validation said of each of its cases. */
  readonly cases: Readonly<Record<string, CaseState>>;
  /** The validation that runs now, or null. */
  readonly validation: { readonly epoch: number; readonly casesDone: number; readonly cases: number } | null;
  /** Mean seconds of the validations so far, and how many epochs lie between them. */
  readonly validationSeconds: number | null;
  readonly validations: number;

  readonly lastCheckpoint: RunEventOf<'checkpoint'> | null;
  readonly bestCheckpoint: RunEventOf<'checkpoint'> | null;
  readonly predictions: readonly RunEventOf<'prediction'>[];
  readonly system: RunEventOf<'system'> | null;
  /** The largest resident memory that was measured. */
  readonly peakRssBytes: number;
  /** The latest 200 lines. */
  readonly log: readonly LogLine[];
  readonly finished: RunEventOf<'run_finished'> | null;
}

/** @param watch `plan.schedule.keepBest` */
export function initialRunState(watch: WatchedMetric = { metric: 'val.dice', mode: 'max' }): RunState {
  return {
    watch,
    status: 'starting',
    phase: 'setting up',
    paused: false,
    run: null,
    engine: null,
    data: null,
    model: null,
    attempts: 0,
    startedAt: null,
    attemptStartedAt: null,
    earlierSeconds: 0,
    updatedAt: null,
    epoch: 0,
    step: 0,
    stepInEpoch: 0,
    skippedSteps: [],
    totalSteps: null,
    lastStep: null,
    secondsPerStep: null,
    paceSpread: null,
    longSecondsPerStep: null,
    stepVariance: 0,
    waitFraction: null,
    etaSeconds: null,
    loss: EMPTY_CURVE,
    learningRate: EMPTY_CURVE,
    metrics: {},
    best: null,
    cases: {},
    validation: null,
    validationSeconds: null,
    validations: 0,
    lastCheckpoint: null,
    bestCheckpoint: null,
    predictions: [],
    system: null,
    peakRssBytes: 0,
    log: [],
    finished: null,
  };
}

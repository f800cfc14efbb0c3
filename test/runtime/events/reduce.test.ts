import { describe, expect, it } from 'vitest';
import { stateOfRun } from '../../../runtime/events/accumulate.ts';
import { EMPTY_CURVE, extendCurve } from '../../../runtime/events/curve.ts';
import { bodyOf, recorded } from '../../helpers/run-events.ts';

const step = (number: number, changes = {}) =>
  bodyOf('step', { step: number, epoch: Math.ceil(number / 4), stepInEpoch: ((number - 1) % 4) + 1, ...changes });

describe('the state of a run', () => {
  it('is starting before anything happened', () => {
    expect(stateOfRun([])).toMatchObject({ status: 'starting', phase: 'setting up', etaSeconds: null });
  });

  it('knows where it stands and how long it will take, the first step not counted', () => {
    const state = stateOfRun(
      recorded(
        bodyOf('run_started'),
        bodyOf('data', { stepsPerEpoch: 4, epochs: 10 }),
        bodyOf('epoch_started', { epoch: 1 }),
        step(1, { seconds: 100 }),
        step(2, { seconds: 2, waitSeconds: 0.5 }),
        step(3, { seconds: 2, waitSeconds: 0.5 }),
      ),
    );
    expect(state).toMatchObject({
      status: 'running',
      phase: 'training',
      epoch: 1,
      step: 3,
      stepInEpoch: 3,
      totalSteps: 40,
      secondsPerStep: 2,
      waitFraction: 0.25,
      etaSeconds: 37 * 2,
    });
  });

  it('counts the validations to come into the time left', () => {
    const state = stateOfRun(
      recorded(
        bodyOf('run_started'),
        bodyOf('data', { stepsPerEpoch: 4, epochs: 10 }),
        bodyOf('epoch_started', { epoch: 1 }),
        ...[1, 2, 3, 4].map((number) => step(number, { seconds: 1 })),
        bodyOf('epoch_finished', { epoch: 1 }),
        bodyOf('validation_started', { epoch: 1 }),
        bodyOf('validation_finished', { epoch: 1, seconds: 5 }),
      ),
    );
    expect(state.etaSeconds).toBe(36 * 1 + 9 * 5);
  });

  it('shows how far a validation is', () => {
    const state = stateOfRun(
      recorded(
        bodyOf('run_started'),
        bodyOf('validation_started', { epoch: 3, cases: 7 }),
        bodyOf('validation_case'),
        bodyOf('validation_case'),
      ),
    );
    expect(state).toMatchObject({ phase: 'validating', validation: { epoch: 3, casesDone: 2, cases: 7 } });
  });

  it('keeps the best value of the metric that the plan watches', () => {
    const validated = (epoch: number, iou: number, best: boolean) =>
      bodyOf('validation_finished', { epoch, step: epoch * 4, metrics: { 'val.iou': iou }, best });
    const events = recorded(
      bodyOf('run_started'),
      validated(1, 0.4, true),
      validated(2, 0.6, true),
      validated(3, 0.5, false),
    );
    const state = stateOfRun(events, { metric: 'val.iou', mode: 'max' });
    expect(state.best).toEqual({ epoch: 2, step: 8, value: 0.6 });
    expect(state.metrics['val.iou']?.map(({ value }) => value)).toEqual([0.4, 0.6, 0.5]);
  });

  it('goes back to the checkpoint when a run is resumed, and what is done again is not counted twice', () => {
    const epochOf = (epoch: number) => [
      bodyOf('epoch_started', { epoch }),
      ...[1, 2, 3, 4].map((number) => step((epoch - 1) * 4 + number)),
      bodyOf('epoch_finished', { epoch, step: epoch * 4, metrics: { 'train.loss': epoch } }),
    ];
    const state = stateOfRun(
      recorded(
        bodyOf('run_started'),
        ...epochOf(1),
        ...epochOf(2),
        bodyOf('run_finished', { status: 'killed' }),
        bodyOf('run_started', { resumedFromStep: 4 }),
        ...epochOf(2),
      ),
    );
    expect(state).toMatchObject({ status: 'running', attempts: 2, step: 8, finished: null });
    expect(state.loss.points.map((point) => point.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(state.metrics['train.loss']?.map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('ends with what the run says of itself, and has its error in the log', () => {
    const error = { code: 'EXP4201', message: 'the loss is NaN', help: null, location: 'a.exp:3:1' };
    const state = stateOfRun(recorded(bodyOf('run_started'), bodyOf('run_finished', { status: 'failed', error })));
    expect(state).toMatchObject({ status: 'failed', phase: 'finished', etaSeconds: 0, finished: { error } });
    expect(state.log.at(-1)).toMatchObject({ level: 'error', message: 'the loss is NaN' });
  });

  it('remembers the largest memory that was measured', () => {
    const state = stateOfRun(
      recorded(bodyOf('run_started'), ...[1e9, 3e9, 2e9].map((rssBytes) => bodyOf('system', { rssBytes }))),
    );
    expect(state.peakRssBytes).toBe(3e9);
    expect(state.system?.rssBytes).toBe(2e9);
  });
});

describe('a curve', () => {
  it('stays short however many values it gets, and keeps their mean', () => {
    let curve = EMPTY_CURVE;
    for (let number = 1; number <= 10_000; number++) curve = extendCurve(curve, number, number);
    expect(curve.points.length).toBeLessThanOrEqual(512);
    expect(curve.points.length).toBeGreaterThan(200);
    const total = curve.points.reduce((sum, { value, count }) => sum + value * count, 0);
    expect(total / 10_000).toBeCloseTo(5000.5, 6);
    expect(curve.points.at(-1)?.step).toBe(10_000);
  });
});

import { describe, expect, it } from 'vitest';
import { accumulateRun } from '../../../runtime/events/accumulate.ts';
import { reduceRun } from '../../../runtime/events/reduce.ts';
import { initialRunState } from '../../../runtime/events/run-state.ts';
import { bodyOf, recorded } from '../../helpers/run-events.ts';

const EPOCHS = 10_000;
const epochs = (from: number, to: number) =>
  recorded(
    ...Array.from({ length: to - from + 1 }, (_, index) =>
      bodyOf('epoch_finished', { epoch: from + index, step: from + index, metrics: { 'train.loss': from + index } }),
    ),
  );

describe('a run that is followed', () => {
  it('comes to the state that its events add up to one by one', () => {
    const events = epochs(1, 30);
    const run = accumulateRun();
    for (const event of events) run.apply(event);
    expect(run.current()).toEqual(events.reduce((state, event) => reduceRun(state, event), initialRunState()));
  });

  it('leaves a state alone that was looked at', () => {
    const run = accumulateRun();
    for (const event of epochs(1, 3)) run.apply(event);
    const before = run.current();
    for (const event of epochs(4, 5)) run.apply(event);
    expect(before.metrics['train.loss']?.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(run.current().metrics['train.loss']?.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
  });

  it('adds points to the series that it has, where nobody looks', () => {
    const run = accumulateRun();
    const seen = new Set<unknown>();
    for (const event of epochs(1, EPOCHS)) seen.add(run.apply(event).metrics['train.loss']);
    expect(seen.size).toBe(1);
    expect(run.current().metrics['train.loss']).toHaveLength(EPOCHS);
  });

  it('goes back to its checkpoint when it is resumed', () => {
    const run = accumulateRun();
    for (const event of epochs(1, 8)) run.apply(event);
    for (const event of recorded(bodyOf('run_started', { resumedFromStep: 5 }))) run.apply(event);
    for (const event of epochs(6, 6)) run.apply(event);
    expect(run.current().metrics['train.loss']?.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../checkpoints/state.ts';
import { meanOverCases } from '../metrics/measure.ts';
import { validateAndRecord } from './recorded-validation.ts';
import type { TrainingRun } from './training-run.ts';

const PAUSE_POLL_MS = 100;

/**
 * Does what people at a screen asked for, between two steps. None of it touches what the training is a function of, so a
 * run ends with the same weights whatever it was asked for.
 */
export async function obeyRequests(run: TrainingRun, progress: Progress): Promise<void> {
  const { step } = progress;
  let paused = false;
  for (;;) {
    for (const request of run.control.take()) {
      if (request === 'checkpoint') await run.checkpointer.save('last', progress);
      if (request === 'validate') await validateNow(run, progress);
      if (request === 'pause' && !paused) run.events.write({ type: 'paused', step });
      if (request === 'continue' && paused) run.events.write({ type: 'continued', step });
      if (request === 'pause' || request === 'continue') paused = request === 'pause';
    }
    if (!paused || run.stop.requested) break;
    await sleep(PAUSE_POLL_MS);
  }
}

/** Beside the validations of the plan: neither the best nor an early stop learns of it. */
async function validateNow(run: TrainingRun, { epoch, step }: Progress): Promise<void> {
  if (run.data.split.validation.length === 0) {
    const message = 'there are no validation cases to validate with';
    run.events.write({ type: 'log', level: 'warning', message });
    return;
  }
  const validated = await validateAndRecord(run, { epoch, step });
  if (validated === null) return;
  const metrics = meanOverCases(validated.measured, 'val');
  run.events.write({
    type: 'validation_finished',
    epoch,
    step,
    seconds: validated.seconds,
    metrics,
    best: false,
    asked: true,
  });
}

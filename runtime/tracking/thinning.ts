/**
 * Which rows of a long series go to the server: MLflow's page slows beyond some 10,000 rows a run, and every step stays
 * in `events.jsonl`. Both rules depend on the record alone, so that a second delivery chooses the same rows.
 */

/** Step rows of one metric, at most. */
export const STEP_ROWS = 1000;

/** Rows of one system metric before thinning begins: 40 minutes at one sample in ten seconds. */
const SYSTEM_ROWS = 240;

/** The first step, the last and evenly spaced ones between; all where they are few. @param step counts from 1 */
export function keepsStep(step: number, totalSteps: number | null): boolean {
  if (totalSteps === null || totalSteps <= STEP_ROWS) return true;
  const stride = Math.ceil(totalSteps / (STEP_ROWS - 2));
  return step === 1 || step === totalSteps || step % stride === 0;
}

/** For a series of unknown length: whenever it doubles, every second sample of the new half is dropped again. @param index counts from 0 */
export function keepsSample(index: number): boolean {
  const stride = 2 ** Math.max(0, Math.floor(Math.log2((index + 1) / SYSTEM_ROWS)) + 1);
  return index % stride === 0;
}

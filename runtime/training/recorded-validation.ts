import type { MetricValues } from '../metrics/measure.ts';
import type { TrainingRun } from './training-run.ts';
import { validateCases } from './validation.ts';

/** All validation cases, each told as it is done, with a preview for whoever looks. @returns null when a stop came between */
export async function validateAndRecord(
  run: TrainingRun,
  { epoch, step }: { readonly epoch: number; readonly step: number },
): Promise<{ readonly measured: readonly MetricValues[]; readonly seconds: number } | null> {
  const cases = run.data.split.validation;
  const startedAt = performance.now();
  const measured: MetricValues[] = [];
  run.events.write({ type: 'validation_started', epoch, step, cases: cases.length });
  for await (const { prepared, predicted, metrics } of validateCases(cases, run.learner.evaluated, run)) {
    run.previews.write(prepared, predicted);
    run.events.write({ type: 'validation_case', epoch, caseIndex: measured.length, subject: prepared.id, metrics });
    measured.push(metrics);
  }
  if (measured.length < cases.length) return null;
  return { measured, seconds: (performance.now() - startedAt) / 1000 };
}

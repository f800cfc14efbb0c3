import { join, relative } from 'node:path';
import { type CheckpointContext, loadCheckpoint } from '../checkpoints/checkpoint.ts';
import { writePrediction } from '../data/predictions.ts';
import type { Engine } from '../engine/types.ts';
import { type MetricValues, meanOverCases } from '../metrics/measure.ts';
import { PREDICTIONS_FOLDER } from '../run/run-folder.ts';
import type { TrainingRun } from './training-run.ts';
import { segmentCases } from './validation.ts';

/**
 * What the best checkpoint is worth: predictions of the subjects that the plan names, written as NIfTI on their own
 * grids, and the metrics of the test subjects.
 *
 * @returns `test.*`, empty without test subjects; null when a stop came between
 */
export async function evaluateBest(
  run: TrainingRun,
  context: CheckpointContext,
  engine: Engine,
): Promise<MetricValues | null> {
  const { validation, test } = run.data.split;
  const { predict } = run.plan;
  const predictsTest = predict === 'test' || predict === 'validation_and_test';
  const predictsValidation = predict === 'validation' || predict === 'validation_and_test';
  const cases = [...(predictsValidation ? validation : []), ...test];
  if (cases.length === 0) return {};

  const best = loadCheckpoint(context, 'best');
  if (best?.insteadOf != null) {
    const message = `${best.insteadOf.path} is damaged (${best.insteadOf.reason}): predicting with the one before`;
    run.events.write({ type: 'log', level: 'warning', message });
  }
  const weights = best === null ? run.learner.evaluated : engine.upload(best.weights, [best.weights.length]);
  const tested: MetricValues[] = [];
  let done = 0;
  try {
    for await (const { files, prepared, labels, metrics } of segmentCases(cases, weights, run)) {
      const isTest = test.includes(files);
      if (isTest) tested.push(metrics);
      if (isTest ? predictsTest : predictsValidation) {
        const outDir = join(context.runDir, PREDICTIONS_FOLDER);
        const path = writePrediction({ prepared, labels, files, outDir, name: run.plan.experiment.name });
        run.events.write({
          type: 'prediction',
          subject: files.id,
          path: relative(context.runDir, path),
          metrics,
        });
      }
      done++;
    }
  } finally {
    if (best !== null) engine.dispose(weights);
  }
  return done === cases.length ? meanOverCases(tested, 'test') : null;
}

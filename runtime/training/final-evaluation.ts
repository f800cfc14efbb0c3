import { join, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CheckpointContext, loadCheckpoint } from '../checkpoints/checkpoint.ts';
import { voxelSizes } from '../data/affine.ts';
import { classNames } from '../data/class-names.ts';
import { readHeader } from '../data/nifti/read.ts';
import { openDerivative } from '../data/predictions.ts';
import { readTruth } from '../data/prepare.ts';
import type { CaseFiles } from '../data/types.ts';
import type { Engine, TensorHandle } from '../engine/types.ts';
import { segment } from '../inference/segment.ts';
import { type MetricValues, meanOverCases, measureCase } from '../metrics/measure.ts';
import { writeCase } from '../predict/write-case.ts';
import { PREDICTIONS_FOLDER } from '../run/run-folder.ts';
import type { TrainingRun } from './training-run.ts';
import { measuredMetrics } from './validation.ts';

/** Pictures of so many cases: they are looked at, and sent to the tracking server. */
const MOST_OVERVIEWS = 24;

/**
 * What the best checkpoint is worth: predictions of the subjects that the plan names, written as NIfTI on their own
 * grids, and the metrics of the test subjects, measured there, as `exp evaluate` does.
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
  const write = writerOf(run, context.runDir);
  const tested: MetricValues[] = [];
  try {
    for (const files of cases) {
      await nextTurn();
      const isTest = test.includes(files);
      const metrics = await evaluateCase(
        run,
        weights,
        files,
        (isTest ? predictsTest : predictsValidation) ? write : null,
      );
      if (metrics === null) return null;
      if (isTest) tested.push(metrics);
    }
  } finally {
    if (best !== null) engine.dispose(weights);
  }
  return meanOverCases(tested, 'test');
}

type WriteCase = (segmented: Omit<Parameters<typeof writeCase>[0], 'classes'>) => void;

/** @returns null when a stop came between */
async function evaluateCase(
  { plan, data, predictor }: TrainingRun,
  weights: TensorHandle,
  files: CaseFiles,
  write: WriteCase | null,
): Promise<MetricValues | null> {
  const classes = plan.model.outChannels;
  const grid = readHeader(files.image);
  const { image } = await data.prepared(files);
  const restored = await segment(image, grid, { predictor, weights, postprocess: plan.postprocess });
  if (restored === null) return null;
  const truth = readTruth(files, { foreground: plan.dataset.foreground, classes }).data;
  const pair = { predicted: restored.labels, truth, shape: grid.shape, spacing: voxelSizes(grid.affine) };
  const metrics = measureCase(pair, measuredMetrics(plan), classes, plan.metricSettings);
  write?.({ id: files.id, image: files.image, restored, truth, metrics });
  return metrics;
}

/** Writes a case's prediction, and a picture of the first ones, and records both. */
function writerOf({ plan, data, events }: TrainingRun, runDir: string): WriteCase {
  const { name } = plan.experiment;
  const classes = classNames(data.index.root, plan.dataset, plan.model.outChannels);
  const outDir = join(runDir, PREDICTIONS_FOLDER);
  const derivative = openDerivative({ outDir, name, classes, sources: [data.index.root] });
  let pictures = 0;
  return (segmented) => {
    const labels = derivative.labels(segmented.id);
    const overview = pictures++ < MOST_OVERVIEWS ? derivative.overview(segmented.id) : null;
    writeCase({ ...segmented, classes }, { labels, probabilities: null, overview });
    events.write({
      type: 'prediction',
      subject: segmented.id,
      path: relative(runDir, labels),
      overview: overview === null ? null : relative(runDir, overview),
      metrics: segmented.metrics,
    });
  };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Plan } from '../../compiler/plan/schema.ts';
import { voxelSizes } from '../data/affine.ts';
import type { CaseFiles, DataModule, PreparedCase } from '../data/types.ts';
import type { TensorHandle } from '../engine/types.ts';
import type { Predictor } from '../inference/predictor.ts';
import { segment } from '../inference/segment.ts';
import { type MetricValues, measureCase } from '../metrics/measure.ts';
import { isMetricName, type MetricName } from '../metrics/table.ts';

export interface ValidatedCase {
  readonly files: CaseFiles;
  readonly prepared: PreparedCase;
  /** Class indices on its grid. */
  readonly predicted: Uint8Array;
  readonly metrics: MetricValues;
}

/**
 * Segments and measures cases one after another on the grid that the model sees; the next one is prepared meanwhile.
 *
 * @yields each case in order; it ends early when a stop is requested
 */
export async function* validateCases(
  cases: readonly CaseFiles[],
  weights: TensorHandle,
  { data, predictor, plan }: { readonly data: DataModule; readonly predictor: Predictor; readonly plan: Plan },
): AsyncGenerator<ValidatedCase, void, void> {
  const names = measuredMetrics(plan);
  let upcoming = prepare(data, cases[0]);
  for (const [index, files] of cases.entries()) {
    const prepared = await upcoming;
    upcoming = prepare(data, cases[index + 1]);
    if (prepared === null) return;
    await nextTurn();
    const { image, label } = prepared;
    const segmented = await segment(image, image, { predictor, weights, postprocess: plan.postprocess });
    if (segmented === null) return;
    const spacing = voxelSizes(image.affine);
    const predicted = segmented.labels;
    const pair = { predicted, truth: label.data, shape: image.shape, spacing };
    const metrics = measureCase(pair, names, plan.model.outChannels, plan.metricSettings);
    yield { files, prepared, predicted, metrics };
  }
}

/** The plan's metrics, and those that its best, its early stop and its expectations speak of. */
export function measuredMetrics(plan: Plan): readonly MetricName[] {
  const { keepBest, earlyStop } = plan.schedule;
  const spokenOf = [keepBest, ...(earlyStop === null ? [] : [earlyStop.watch]), ...plan.expectations]
    .map(({ metric }) => metric.split('.')[1] ?? '')
    .filter(isMetricName);
  return [...new Set([...plan.metrics, ...spokenOf])];
}

function prepare(data: DataModule, files: CaseFiles | undefined): Promise<PreparedCase | null> {
  if (files === undefined) return Promise.resolve(null);
  const prepared = data.prepared(files);
  // Whoever awaits it sees the error; a stop in between must not make it an unhandled one.
  prepared.catch(() => {});
  return prepared;
}

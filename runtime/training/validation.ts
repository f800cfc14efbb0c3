import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Plan } from '../../compiler/plan/schema.ts';
import { voxelSizes } from '../data/affine.ts';
import type { CaseFiles, DataModule, PreparedCase } from '../data/types.ts';
import type { TensorHandle } from '../engine/types.ts';
import { type MetricValues, measureCase } from '../metrics/measure.ts';
import { isMetricName, type MetricName } from '../metrics/table.ts';
import type { Predictor } from './predictor.ts';

export interface SegmentedCase {
  readonly files: CaseFiles;
  readonly prepared: PreparedCase;
  /** Class indices on the prepared grid. */
  readonly labels: Uint8Array;
  readonly metrics: MetricValues;
}

/**
 * Segments and measures cases one after another; the next one is prepared meanwhile.
 *
 * @yields each case in order; it ends early when a stop is requested
 */
export async function* segmentCases(
  cases: readonly CaseFiles[],
  weights: TensorHandle,
  { data, predictor, plan }: { readonly data: DataModule; readonly predictor: Predictor; readonly plan: Plan },
): AsyncGenerator<SegmentedCase, void, void> {
  const names = measuredMetrics(plan);
  let upcoming = prepare(data, cases[0]);
  for (const [index, files] of cases.entries()) {
    const prepared = await upcoming;
    upcoming = prepare(data, cases[index + 1]);
    if (prepared === null) return;
    await nextTurn();
    const labels = await predictor.segment(prepared, weights);
    if (labels === null) return;
    const { image, label } = prepared;
    const pair = { predicted: labels, truth: label.data, shape: image.shape, spacing: voxelSizes(image.affine) };
    yield { files, prepared, labels, metrics: measureCase(pair, names, plan.model.outChannels, plan.metricSettings) };
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

import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Plan } from '../../compiler/plan/schema.ts';
import { voxelSizes } from '../data/affine.ts';
import { readHeader } from '../data/nifti/read.ts';
import { prepareImage, readTruth } from '../data/prepare.ts';
import { requireSameGrid } from '../data/same-grid.ts';
import { openEngine } from '../engine/open.ts';
import { noticed } from '../engine/precision.ts';
import { cacheRoot } from '../engine/provision/cache.ts';
import { DataError, ExpError } from '../errors.ts';
import { createPredictor } from '../inference/predictor.ts';
import type { Grid, Restored } from '../inference/restore.ts';
import { type Segmenter, segment } from '../inference/segment.ts';
import { type MetricValues, measureCase } from '../metrics/measure.ts';
import { openWeights } from '../weights/open-weights.ts';
import type { PredictEvent } from './events.ts';
import { type PlannedCase, type PlannedCases, planCases } from './plan-cases.ts';
import type { PredictRequest } from './request.ts';
import { writeCase } from './write-case.ts';

/** More than this for the probabilities of one case would not leave room for the rest in 8 GB. */
const MOST_PROBABILITY_BYTES = 4e9;

const EXIT = { fine: 0, failed: 2, stopped: 130 } as const;

interface Work extends PlannedCases {
  readonly request: PredictRequest;
  readonly plan: Plan;
  readonly segmenter: Segmenter;
  readonly emit: (event: PredictEvent) => void;
}

/**
 * Segments every case of a request, and measures it where there is a truth. A case that cannot be done is told, and the
 * others are done all the same.
 *
 * @returns the exit code
 */
export async function runPredict(
  request: PredictRequest,
  emit: (event: PredictEvent) => void,
  stop: { readonly requested: boolean },
): Promise<number> {
  const startedAt = performance.now();
  const opened = await openWeights(request.weights);
  const plan = withOverrides(opened.plan, request.overrides);
  const baseDir = opened.run?.info.baseDir ?? request.weights.baseDir;
  const planned = planCases(request, plan, {
    baseDir,
    cacheDir: join(cacheRoot(), 'data'),
    runDir: opened.run?.dir ?? null,
  });
  const engine = await openEngine();
  const { notice } = noticed(engine.info, plan.precision);
  for (const message of [...opened.warnings, ...(notice === null ? [] : [notice])]) emit({ type: 'warning', message });
  const { classes, cases } = planned;
  emit({
    type: 'started',
    model: plan.model.name,
    weights: opened.path,
    engine: engine.info.backend,
    classes: [...classes],
    metrics: cases.some(({ label }) => label !== null) ? plan.metrics : [],
    cases: cases.length,
  });
  const weights = engine.upload(opened.vector, [opened.vector.length]);
  const segmenter = { predictor: createPredictor(engine, plan, stop), weights, postprocess: plan.postprocess };
  const work: Work = { ...planned, request, plan, segmenter, emit };
  let failures = 0;
  try {
    for (const [index, planned] of cases.entries()) {
      await nextTurn();
      if (stop.requested || !(await attemptCase(work, planned, index, () => failures++))) {
        emit({ type: 'finished', status: 'stopped', seconds: secondsSince(startedAt) });
        return EXIT.stopped;
      }
    }
  } finally {
    engine.close();
  }
  emit({ type: 'finished', status: 'completed', seconds: secondsSince(startedAt) });
  return failures > 0 ? EXIT.failed : EXIT.fine;
}

/** @returns false when a stop came between */
async function attemptCase(work: Work, planned: PlannedCase, index: number, onFailure: () => void): Promise<boolean> {
  try {
    return await doCase(work, planned, index);
  } catch (error) {
    if (!(error instanceof ExpError)) throw error;
    const { code, message, help } = error;
    work.emit({ type: 'case_failed', index, id: planned.id, image: planned.image, code, message, help });
    onFailure();
    return true;
  }
}

async function doCase(work: Work, planned: PlannedCase, index: number): Promise<boolean> {
  const { request, plan, segmenter, emit, classes } = work;
  const { id, image, label, paths } = planned;
  const startedAt = performance.now();
  const files = { labels: paths.labels, probabilities: [...(paths.probabilities ?? [])], overview: paths.overview };
  emit({ type: 'case_started', index, id, files });
  const grid = readHeader(image);
  requireRoom(planned, grid, classes.length);
  const truth = label === null ? null : readTruthOnGrid(planned, label, grid, plan);
  const settings = { ...plan.dataset, classes: plan.model.outChannels, channels: plan.model.inChannels };
  const restored = await segment(prepareImage(planned, settings), grid, segmenter, {
    method: request.restore,
    keepProbabilities: paths.probabilities !== null,
    onProgress: throttled((done, total) => emit({ type: 'progress', index, done, total })),
  });
  if (restored === null) return false;
  const metrics = truth === null ? {} : measure(restored, truth, grid, plan);
  writeCase({ id, image, restored, truth, metrics, classes }, paths);
  const volumes = volumesOf(restored, grid, classes);
  emit({ type: 'case_finished', index, id, image, files, metrics, volumes, seconds: secondsSince(startedAt) });
  return true;
}

function measure({ labels }: Restored, truth: Uint8Array, { shape, affine }: Grid, plan: Plan): MetricValues {
  const pair = { predicted: labels, truth, shape, spacing: voxelSizes(affine) };
  return measureCase(pair, plan.metrics, plan.model.outChannels, plan.metricSettings);
}

function readTruthOnGrid({ id, image }: PlannedCase, label: string, grid: Grid, plan: Plan): Uint8Array {
  const files = { id, subject: id, image, furtherChannels: [], label };
  const truth = readTruth(files, { foreground: plan.dataset.foreground, classes: plan.model.outChannels });
  requireSameGrid(files, grid, truth);
  return truth.data;
}

function requireRoom({ image, paths }: PlannedCase, { shape }: Grid, classes: number): void {
  if (paths.probabilities === null) return;
  const bytes = shape[0] * shape[1] * shape[2] * classes * Float32Array.BYTES_PER_ELEMENT;
  if (bytes <= MOST_PROBABILITY_BYTES) return;
  const size = `${shape.join('x')} voxels of ${classes} classes`;
  throw new DataError('EXP4102', image, `the probabilities of ${image} (${size}) take ${(bytes / 1e9).toFixed(1)} GB`, {
    help: 'predict it without --probabilities: labels need no such room',
  });
}

/** Millilitres of each foreground class. */
function volumesOf({ labels }: Restored, { affine }: Grid, classes: readonly string[]): Record<string, number> {
  const counts = new Float64Array(256);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  const [x, y, z] = voxelSizes(affine);
  const millilitres = (x * y * z) / 1000;
  return Object.fromEntries(classes.flatMap((name, k) => (k === 0 ? [] : [[name, (counts[k] ?? 0) * millilitres]])));
}

function withOverrides(
  plan: Plan,
  { flips, overlap, precision, batchSize, postprocess, metrics }: PredictRequest['overrides'],
): Plan {
  return {
    ...plan,
    precision: precision ?? plan.precision,
    inference: {
      ...plan.inference,
      flips: flips ?? plan.inference.flips,
      overlap: overlap ?? plan.inference.overlap,
      batchSize: batchSize ?? plan.inference.batchSize,
    },
    postprocess: postprocess ?? plan.postprocess,
    metrics: metrics ?? plan.metrics,
  };
}

const PROGRESS_EVERY_MS = 200;

function throttled(tell: (done: number, total: number) => void): (done: number, total: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = performance.now();
    if (done < total && now - last < PROGRESS_EVERY_MS) return;
    last = now;
    tell(done, total);
  };
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

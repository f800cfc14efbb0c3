import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlanTrack } from '../../compiler/plan/schema.ts';
import { TrackingError } from '../errors.ts';
import { MATRIX_FILE, type MatrixFolder, memberFolders, readMatrixFile } from '../run/matrix-folder.ts';
import { type MatrixResults, type MemberResult, matrixResults } from '../run/matrix-results.ts';
import { readPlanFile, SOURCE_FILE } from '../run/run-folder.ts';
import { DeliveryLock } from './delivery-lock.ts';
import { deliveredRun, Journal, nothingDelivered } from './journal.ts';
import { MLFLOW_LIMITS, mlflowKey } from './log-batch.ts';
import { MlflowClient } from './mlflow-client.ts';
import type { MlflowRunStatus } from './mlflow-schema.ts';
import { registerModel, WEIGHTS_TAG } from './register-model.ts';
import { RUN_KEY_TAG } from './run-facts.ts';
import { hasServerCode } from './server-code.ts';
import { resolveTarget, type TrackingEnvironment } from './target.ts';
import { toKeyValues } from './translate.ts';
import type { TransportOptions } from './transport.ts';

/** The run on the server that has the runs of a matrix below it. */

/** How long somebody else, who makes the parent at this moment, is waited for. */
const LOCK_PATIENCE_MS = 30_000;
const LOCK_RETRY_MS = 200;

/**
 * Finds the parent run or makes it, once for all members however many are delivered at a time.
 *
 * @returns its id on the server
 * @throws TrackingError
 */
export async function ensureMatrixRun(
  client: MlflowClient,
  matrix: MatrixFolder,
  experiment: string,
): Promise<{ readonly runId: string; readonly experimentId: string; readonly artifactUri: string }> {
  // Without the lock: many members ask at once, and a slow server would have each wait for all before it.
  const made = deliveredRun(matrix.dir);
  if (made?.uri === client.uri && (await isThere(client, made.runId))) return made;
  return await withLock(matrix.dir, async (journal) => {
    const known = journal.deliveredTo(client.uri);
    if (known !== null && (await isThere(client, known.runId))) return known;
    const { experiment_id: experimentId } = await client.ensureExperiment(experiment);
    const { id, info } = matrix;
    const key = createHash('sha256').update(`${id}\n${info.matrixId}\n${info.createdAt}`).digest('hex').slice(0, 32);
    const [found] = await client.searchRuns({
      experimentIds: [experimentId],
      filter: `tags.\`${RUN_KEY_TAG}\` = '${key}'`,
      maxResults: 1,
    });
    const tags = [
      { key: RUN_KEY_TAG, value: key },
      { key: 'exp.run_id', value: id },
    ];
    const run = found ?? (await client.createRun({ experimentId, name: id, startTime: info.createdAt, tags }));
    const delivered = nothingDelivered(client.uri, experimentId, run.info);
    journal.saveDelivered(delivered);
    return delivered;
  });
}

/** A store that was emptied has lost the parent too. */
async function isThere(client: MlflowClient, runId: string): Promise<boolean> {
  try {
    await client.getRun(runId);
    return true;
  } catch (error) {
    if (hasServerCode(error, 'RESOURCE_DOES_NOT_EXIST')) return false;
    throw error;
  }
}

async function withLock<T>(dir: string, work: (journal: Journal) => Promise<T>): Promise<T> {
  const deadline = Date.now() + LOCK_PATIENCE_MS;
  for (;;) {
    let lock: DeliveryLock;
    try {
      lock = DeliveryLock.acquire(dir);
    } catch (error) {
      if (!(error instanceof TrackingError) || Date.now() > deadline) throw error;
      await sleep(LOCK_RETRY_MS);
      continue;
    }
    try {
      return await work(new Journal(dir));
    } finally {
      lock.release();
    }
  }
}

/**
 * Tells the parent what the matrix is and how it stands: what varies as parameters, the best of all runs as metrics, the
 * ranking's first as a tag. It may be told again at any time.
 *
 * @returns the page of the parent; null where no server is set or the plans do not track
 * @throws TrackingError
 */
export async function reportMatrix(
  matrix: MatrixFolder,
  { env = process.env, transport = {} }: { readonly env?: TrackingEnvironment; readonly transport?: TransportOptions },
): Promise<string | null> {
  const [first] = memberFolders(matrix);
  const plan = first === undefined ? null : readPlanFile(first.run.dir).plan;
  if (plan === null || plan.track === null) return null;
  const target = resolveTarget(plan.track.uri, env, plan.track);
  if (target === null) return null;
  const client = new MlflowClient(target, transport);
  try {
    return await tell(client, matrix, plan.track);
  } finally {
    await client.close();
  }
}

async function tell(client: MlflowClient, matrix: MatrixFolder, track: PlanTrack): Promise<string> {
  const { experiment } = track;
  const { runId, experimentId, artifactUri } = await ensureMatrixRun(client, matrix, experiment);
  const results = matrixResults(matrix);
  const { matrix: planned, matrixId } = readMatrixFile(matrix);
  const params = {
    ...Object.fromEntries(planned.axes.map(({ path, values }) => [`sweep.${path}`, values])),
    ...(planned.folds === null ? {} : { folds: String(planned.folds) }),
    ...(planned.halving === null
      ? {}
      : { 'halving.factor': String(planned.halving.factor), 'halving.epochs': planned.halving.rungs.join(', ') }),
    runs: String(planned.members.length),
  };
  const [best] = results.trials;
  const tags = {
    'exp.matrix_id': matrixId,
    'exp.matrix_kind': planned.kind,
    'mlflow.source.name': matrix.info.sourcePath,
    'mlflow.source.type': 'LOCAL',
    ...(matrix.info.profile === null ? {} : { 'exp.profile': matrix.info.profile }),
    ...(best === undefined || best.mean === null
      ? {}
      : { 'exp.best_runs': best.members.map((member) => member.runId).join(', ') }),
  };
  const time = Math.max(
    matrix.info.createdAt,
    ...results.members.flatMap(({ attempts }) => attempts.map(({ to }) => to)),
  );
  await client.logBatch(runId, {
    params: toKeyValues(params, MLFLOW_LIMITS.paramValueLength),
    tags: toKeyValues(tags, MLFLOW_LIMITS.tagValueLength),
    metrics: Object.entries(metricsOf(results)).map(([key, value]) => ({
      key: mlflowKey(key),
      value,
      timestamp: time,
      step: 0,
    })),
  });
  for (const file of [MATRIX_FILE, SOURCE_FILE])
    await client.uploadArtifact(artifactUri, file, `${matrix.dir}/${file}`);
  const status = statusOf(results);
  await client.updateRun(runId, status, status === 'RUNNING' ? null : time);
  if (status === 'FINISHED') await registerBest(client, results, track);
  return `${client.uri}/#/experiments/${experimentId}/runs/${runId}`;
}

/** Of all runs the one with the best value, once they have all ended: its model becomes the version, and takes the alias. */
async function registerBest(
  client: MlflowClient,
  { trials, rankedBy }: MatrixResults,
  { register, alias }: PlanTrack,
): Promise<void> {
  if (register === null) return;
  const sign = rankedBy.mode === 'max' ? 1 : -1;
  const worth = ({ best }: MemberResult) => (best === null ? Number.NEGATIVE_INFINITY : sign * best);
  const [best] = [...(trials[0]?.members ?? [])].sort((a, b) => worth(b) - worth(a));
  const there = best === undefined ? null : deliveredRun(best.dir);
  if (there === null || there.uri !== client.uri) return;
  const { experimentId, runId } = there;
  const models = await client.models.search(experimentId, `source_run_id = '${runId}'`);
  for (const { model_id: modelId, tags } of models.slice(-1)) {
    const weightsHash = tags.find(({ key }) => key === WEIGHTS_TAG)?.value ?? '';
    await registerModel(client, { register, alias, modelId, runId, weightsHash });
  }
}

function metricsOf({ rankedBy, trials, members }: MatrixResults): Readonly<Record<string, number>> {
  const [best] = trials;
  const done = members.filter(({ finished }) => finished !== null && finished.error === null).length;
  return {
    'runs.finished': done,
    ...(members.some(({ status }) => status === 'stopped_early')
      ? { 'runs.held_back': members.filter(({ status }) => status === 'stopped_early').length }
      : {}),
    'runs.failed': members.filter(({ status }) => status === 'failed').length,
    ...(best === undefined || best.mean === null ? {} : { [`best.${rankedBy.metric}`]: best.mean }),
    ...(best === undefined || best.deviation === null ? {} : { [`best.${rankedBy.metric}.std`]: best.deviation }),
  };
}

function statusOf({ members }: MatrixResults): MlflowRunStatus {
  const statuses = new Set(members.map(({ status }) => status));
  if (statuses.has('running') || statuses.has('starting')) return 'RUNNING';
  if (statuses.has('failed')) return 'FAILED';
  const isCut = statuses.has('stopped') || statuses.has('killed') || statuses.has('lost') || statuses.has('waiting');
  return isCut ? 'KILLED' : 'FINISHED';
}

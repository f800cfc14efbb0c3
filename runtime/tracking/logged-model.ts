import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageFile from '../../package.json' with { type: 'json' };
import { TrackingError } from '../errors.ts';
import { folderIn } from '../run/folder-trouble.ts';
import { PLAN_FILE } from '../run/run-folder.ts';
import { TRACKING_FOLDER } from './journal.ts';
import type { MlflowClient } from './mlflow-client.ts';
import type { LoggedModel } from './mlflow-models.ts';
import type { MlflowKeyValue, MlflowMetric } from './mlflow-schema.ts';
import { registerModel, WEIGHTS_TAG } from './register-model.ts';

/** The best weights of a run as a model of MLflow 3, and where it is wanted in the registry. */

export interface ModelFacts {
  /** What it is called among the models of its experiment. */
  readonly name: string;
  readonly network: string;
  readonly params: readonly MlflowKeyValue[];
  /** The registered model that it becomes a version of; null for none. */
  readonly register: string | null;
  readonly alias: string | null;
}

export interface ModelOutput {
  /** The checkpoint's folder, relative to the run folder. */
  readonly path: string;
  /** SHA-256 of the weights, in hex. */
  readonly version: string;
  readonly step: number;
  /** What it reached, as rows that the run has too. */
  readonly metrics: readonly MlflowMetric[];
  readonly facts: ModelFacts;
}

interface Place {
  readonly experimentId: string;
  readonly runId: string;
  readonly runDir: string;
}

/** In the checkpoint, and in the model. */
const WEIGHTS_FILE = 'weights.safetensors';

/**
 * Each step may be told again: the model is found by its run and the hash of its weights, files are replaced, rows and
 * ties that are there stay.
 *
 * @throws TrackingError
 */
export async function logModel(
  client: MlflowClient,
  output: ModelOutput,
  { experimentId, runId, runDir }: Place,
  onProgress: () => void,
): Promise<void> {
  const model = await findOrCreate(client, output, experimentId, runId);
  if (model.status !== 'LOGGED_MODEL_READY') {
    const weights = join(runDir, output.path, WEIGHTS_FILE);
    const manifest = writeManifest(runDir, output, model, runId, statSync(weights).size);
    for (const [name, file] of [
      [WEIGHTS_FILE, weights],
      [PLAN_FILE, join(runDir, PLAN_FILE)],
      ['MLmodel', manifest],
    ] as const) {
      await client.uploadArtifact(model.artifact_uri, name, file, onProgress);
    }
    await client.models.finish(model.model_id);
  }
  const { outputs } = await client.getRun(runId);
  if (outputs.model_outputs.every(({ model_id }) => model_id !== model.model_id))
    await client.models.tieToRun(runId, model.model_id, output.step);
  if (output.metrics.length > 0) await client.models.logMetrics(runId, model.model_id, output.metrics);
  const { register, alias } = output.facts;
  if (register === null) return;
  await registerModel(client, { register, alias, modelId: model.model_id, runId, weightsHash: output.version });
}

async function findOrCreate(
  client: MlflowClient,
  { version, facts }: ModelOutput,
  experimentId: string,
  runId: string,
): Promise<LoggedModel> {
  try {
    const known = await client.models.search(experimentId, `source_run_id = '${runId}'`);
    const same = known.find(({ tags }) => tags.some(({ key, value }) => key === WEIGHTS_TAG && value === version));
    if (same !== undefined) return same;
    const { name, network, params } = facts;
    const tags = [
      { key: WEIGHTS_TAG, value: version },
      { key: 'exp.network', value: network },
    ];
    return await client.models.create({ experimentId, name, sourceRunId: runId, params, tags });
  } catch (error) {
    if (!(error instanceof TrackingError) || error.status !== 404 || error.serverCode !== null) throw error;
    throw new TrackingError(404, 'ENDPOINT_NOT_FOUND', 'the server knows no logged models', {
      help: 'they came with MLflow 3; the checkpoint is among the artifacts of the run all the same',
      cause: error,
    });
  }
}

/** `MLmodel`, by which MLflow knows a model. Its flavour names files; nothing in it is executed. */
function writeManifest(runDir: string, output: ModelOutput, model: LoggedModel, runId: string, bytes: number): string {
  const { facts, version } = output;
  const now = new Date().toISOString().replace('T', ' ').replace('Z', '000');
  const lines = [
    `artifact_path: ${JSON.stringify(model.artifact_uri)}`,
    'flavors:',
    '  voxel_exp:',
    `    version: ${JSON.stringify(packageFile.version)}`,
    `    network: ${JSON.stringify(facts.network)}`,
    `    weights: ${WEIGHTS_FILE}`,
    `    weights_sha256: ${version}`,
    `    plan: ${PLAN_FILE}`,
    `model_id: ${model.model_id}`,
    `model_size_bytes: ${bytes}`,
    `model_uuid: ${model.model_id}`,
    `run_id: ${runId}`,
    `utc_time_created: '${now}'`,
  ];
  const path = join(folderIn(runDir, TRACKING_FOLDER), 'MLmodel');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

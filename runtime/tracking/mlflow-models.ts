import * as z from 'zod';
import { emptyResponseSchema, type MlflowKeyValue, type MlflowMetric } from './mlflow-schema.ts';
import { hasServerCode } from './server-code.ts';
import type { Transport } from './transport.ts';

/** Models as MLflow 3 knows them: objects of an experiment, tied to the run that made them, and versions in the registry. */

const keyValues = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);

const loggedModelSchema = z.object({
  info: z.object({
    model_id: z.string(),
    name: z.string().default(''),
    artifact_uri: z.string().default(''),
    /** `LOGGED_MODEL_PENDING` until all of it has arrived. */
    status: z.string().default(''),
    source_run_id: z.string().default(''),
    tags: keyValues,
  }),
});

const loggedModelResponseSchema = z.object({ model: loggedModelSchema });
const loggedModelsResponseSchema = z.object({ models: z.array(loggedModelSchema).default([]) });

const modelVersionSchema = z.object({
  name: z.string(),
  version: z.string(),
  run_id: z.string().default(''),
  source: z.string().default(''),
  tags: keyValues,
});

export const modelVersionResponseSchema = z.object({ model_version: modelVersionSchema });
const modelVersionsResponseSchema = z.object({ model_versions: z.array(modelVersionSchema).default([]) });

export type LoggedModel = z.infer<typeof loggedModelSchema>['info'];
export type ModelVersion = z.infer<typeof modelVersionSchema>;

/** Every method throws `TrackingError`. Creations are tried once: find by a tag of your own before trying again. */
export class MlflowModels {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @param filter MLflow's filter language, e.g. `source_run_id = 'abc'` */
  async search(experimentId: string, filter: string): Promise<LoggedModel[]> {
    const body = JSON.stringify({ experiment_ids: [experimentId], filter });
    const call = { method: 'POST', path: 'mlflow/logged-models/search', body } as const;
    return (await this.#transport.json(call, loggedModelsResponseSchema)).models.map(({ info }) => info);
  }

  async create(model: {
    experimentId: string;
    name: string;
    sourceRunId: string;
    params: readonly MlflowKeyValue[];
    tags: readonly MlflowKeyValue[];
  }): Promise<LoggedModel> {
    const { experimentId: experiment_id, name, sourceRunId: source_run_id, params, tags } = model;
    const body = JSON.stringify({ experiment_id, name, source_run_id, params, tags });
    const call = { method: 'POST', path: 'mlflow/logged-models', body, repeatable: false } as const;
    return (await this.#transport.json(call, loggedModelResponseSchema)).model.info;
  }

  /** Says that all of its files have arrived. */
  async finish(modelId: string): Promise<void> {
    const body = JSON.stringify({ model_id: modelId, status: 'LOGGED_MODEL_READY' });
    const call = { method: 'PATCH', path: `mlflow/logged-models/${modelId}`, body } as const;
    await this.#transport.json(call, emptyResponseSchema);
  }

  /** Ties a model to the run that put it out. Tried once: the server's data base fails over a tie that is there. */
  async tieToRun(runId: string, modelId: string, step: number): Promise<void> {
    const body = JSON.stringify({ run_id: runId, models: [{ model_id: modelId, step }] });
    const call = { method: 'POST', path: 'mlflow/runs/outputs', body, repeatable: false } as const;
    await this.#transport.json(call, emptyResponseSchema);
  }

  /** Metrics that a model has reached. They are the run's too: a row that the run has already is kept once. */
  async logMetrics(runId: string, modelId: string, metrics: readonly MlflowMetric[]): Promise<void> {
    const rows = metrics.map((metric) => ({ ...metric, model_id: modelId }));
    const body = JSON.stringify({ run_id: runId, metrics: rows });
    await this.#transport.json({ method: 'POST', path: 'mlflow/runs/log-batch', body }, emptyResponseSchema);
  }

  /** Makes a registered model of this name where there is none. */
  async ensureRegistered(name: string): Promise<void> {
    const body = JSON.stringify({ name });
    try {
      await this.#transport.json(
        { method: 'POST', path: 'mlflow/registered-models/create', body },
        emptyResponseSchema,
      );
    } catch (error) {
      if (!hasServerCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
    }
  }

  /** The versions of a registered model that a run made. */
  async versionsOf(name: string, runId: string): Promise<ModelVersion[]> {
    const query = { filter: `name = '${name.replaceAll("'", "\\'")}' and run_id = '${runId}'` };
    const call = { method: 'GET', path: 'mlflow/model-versions/search', query } as const;
    return (await this.#transport.json(call, modelVersionsResponseSchema)).model_versions;
  }

  async createVersion(version: {
    name: string;
    modelId: string;
    runId: string;
    tags: readonly MlflowKeyValue[];
  }): Promise<ModelVersion> {
    const { name, modelId: model_id, runId: run_id, tags } = version;
    const body = JSON.stringify({ name, source: `models:/${model_id}`, run_id, model_id, tags });
    const call = { method: 'POST', path: 'mlflow/model-versions/create', body, repeatable: false } as const;
    return (await this.#transport.json(call, modelVersionResponseSchema)).model_version;
  }

  async tagVersion(name: string, version: string, { key, value }: MlflowKeyValue): Promise<void> {
    const body = JSON.stringify({ name, version, key, value });
    await this.#transport.json({ method: 'POST', path: 'mlflow/model-versions/set-tag', body }, emptyResponseSchema);
  }

  /** Whichever version had the alias loses it. */
  async setAlias(name: string, alias: string, version: string): Promise<void> {
    const body = JSON.stringify({ name, alias, version });
    await this.#transport.json({ method: 'POST', path: 'mlflow/registered-models/alias', body }, emptyResponseSchema);
  }
}

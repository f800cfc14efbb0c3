import { TrackingError } from '../errors.ts';
import { artifactAddress, encodePath } from './artifact-address.ts';
import { type LogBatch, splitBatch } from './log-batch.ts';
import { MlflowModels } from './mlflow-models.ts';
import {
  artifactsResponseSchema,
  createExperimentResponseSchema,
  emptyResponseSchema,
  experimentResponseSchema,
  type MlflowArtifact,
  type MlflowDatasetInput,
  type MlflowExperiment,
  type MlflowKeyValue,
  type MlflowMetric,
  type MlflowRun,
  type MlflowRunStatus,
  metricHistoryResponseSchema,
  runResponseSchema,
  searchRunsResponseSchema,
} from './mlflow-schema.ts';
import { hasServerCode } from './server-code.ts';
import type { TrackingTarget } from './target.ts';
import { Transport, type TransportOptions } from './transport.ts';

export interface RunSearch {
  readonly experimentIds: readonly string[];
  /** MLflow's filter language: comparisons joined by `and` only. */
  readonly filter: string;
  readonly orderBy?: readonly string[];
  readonly maxResults?: number;
}

/**
 * MLflow's tracking server over REST: the calls that a run needs, each checked on the way back.
 *
 * Every method throws `TrackingError`. Calls that may be repeated without doing anything twice are retried inside; see
 * `TransportOptions`. `createRun` is not one of them, because the server picks the id.
 */
export class MlflowClient {
  readonly #transport: Transport;
  readonly models: MlflowModels;

  constructor(target: TrackingTarget, options: TransportOptions = {}) {
    this.#transport = new Transport(target, options);
    this.models = new MlflowModels(this.#transport);
  }

  /** Without credentials. */
  get uri(): string {
    return this.#transport.target.uri;
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** Null where there is none; a deleted one is returned as such (`lifecycle_stage`). */
  async experimentByName(name: string): Promise<MlflowExperiment | null> {
    const call = { method: 'GET', path: 'mlflow/experiments/get-by-name', query: { experiment_name: name } } as const;
    try {
      return (await this.#transport.json(call, experimentResponseSchema)).experiment;
    } catch (error) {
      if (hasServerCode(error, 'RESOURCE_DOES_NOT_EXIST')) return null;
      throw error;
    }
  }

  /** Finds an experiment or makes it, also when somebody else makes it at the same moment. @throws TrackingError when it is deleted */
  async ensureExperiment(name: string): Promise<MlflowExperiment> {
    const known = await this.experimentByName(name);
    if (known !== null) return this.#requireActive(known);
    try {
      const body = JSON.stringify({ name });
      const call = { method: 'POST', path: 'mlflow/experiments/create', body } as const;
      const { experiment_id } = await this.#transport.json(call, createExperimentResponseSchema);
      return { experiment_id, name, artifact_location: '', lifecycle_stage: 'active' };
    } catch (error) {
      if (!hasServerCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
      const winner = await this.experimentByName(name);
      if (winner === null) throw error;
      return this.#requireActive(winner);
    }
  }

  /** Makes a run in state RUNNING. Tried once: after an unknown outcome, search for your own tag before trying again. */
  async createRun(run: {
    experimentId: string;
    name: string;
    startTime: number;
    tags: readonly MlflowKeyValue[];
  }): Promise<MlflowRun> {
    const body = JSON.stringify({
      experiment_id: run.experimentId,
      run_name: run.name,
      start_time: run.startTime,
      tags: run.tags,
    });
    const call = { method: 'POST', path: 'mlflow/runs/create', body, repeatable: false } as const;
    return (await this.#transport.json(call, runResponseSchema)).run;
  }

  async getRun(runId: string): Promise<MlflowRun> {
    const call = { method: 'GET', path: 'mlflow/runs/get', query: { run_id: runId } } as const;
    return (await this.#transport.json(call, runResponseSchema)).run;
  }

  /** All active runs that match, page by page up to `maxResults`. */
  async searchRuns(search: RunSearch): Promise<MlflowRun[]> {
    const wanted = search.maxResults ?? 1000;
    return await collectPages(wanted, async (token) => {
      const body = JSON.stringify({
        experiment_ids: search.experimentIds,
        filter: search.filter,
        order_by: search.orderBy ?? [],
        max_results: Math.min(wanted, 1000),
        ...(token === null ? {} : { page_token: token }),
      });
      const page = await this.#transport.json(
        { method: 'POST', path: 'mlflow/runs/search', body },
        searchRunsResponseSchema,
      );
      return { items: page.runs, next: page.next_page_token };
    });
  }

  /** @param endTime milliseconds since the Unix epoch; null while it runs */
  async updateRun(runId: string, status: MlflowRunStatus, endTime: number | null): Promise<void> {
    const body = JSON.stringify({ run_id: runId, status, ...(endTime === null ? {} : { end_time: endTime }) });
    await this.#transport.json({ method: 'POST', path: 'mlflow/runs/update', body }, emptyResponseSchema);
  }

  /** Metrics, params and tags in as many requests as the limits ask for. SQL stores keep an equal metric row once. */
  async logBatch(runId: string, batch: LogBatch): Promise<void> {
    for (const body of splitBatch(runId, batch)) {
      await this.#transport.json({ method: 'POST', path: 'mlflow/runs/log-batch', body }, emptyResponseSchema);
    }
  }

  async logInputs(runId: string, datasets: readonly MlflowDatasetInput[]): Promise<void> {
    const body = JSON.stringify({ run_id: runId, datasets });
    await this.#transport.json({ method: 'POST', path: 'mlflow/runs/log-inputs', body }, emptyResponseSchema);
  }

  async setTag(runId: string, tag: MlflowKeyValue): Promise<void> {
    const body = JSON.stringify({ run_id: runId, ...tag });
    await this.#transport.json({ method: 'POST', path: 'mlflow/runs/set-tag', body }, emptyResponseSchema);
  }

  /** All rows of one metric, in the server's order. */
  async metricHistory(runId: string, key: string): Promise<MlflowMetric[]> {
    return await collectPages(Number.POSITIVE_INFINITY, async (token) => {
      const query = { run_id: runId, metric_key: key, ...(token === null ? {} : { page_token: token }) };
      const call = { method: 'GET', path: 'mlflow/metrics/get-history', query } as const;
      const page = await this.#transport.json(call, metricHistoryResponseSchema);
      return { items: page.metrics, next: page.next_page_token };
    });
  }

  /** One folder of a run's artifacts; the root where `path` is null. */
  async listArtifacts(runId: string, path: string | null): Promise<MlflowArtifact[]> {
    return await collectPages(Number.POSITIVE_INFINITY, async (token) => {
      const query = {
        run_id: runId,
        ...(path === null ? {} : { path }),
        ...(token === null ? {} : { page_token: token }),
      };
      const call = { method: 'GET', path: 'mlflow/artifacts/list', query } as const;
      const page = await this.#transport.json(call, artifactsResponseSchema);
      return { items: page.files, next: page.next_page_token };
    });
  }

  /**
   * Stores a file among a run's artifacts, replacing what has its name.
   *
   * @param artifactUri the run's, e.g. `mlflow-artifacts:/1/abc/artifacts`
   * @param path relative to it, with `/`
   * @param onProgress called for each part that goes out
   */
  async uploadArtifact(artifactUri: string, path: string, file: string, onProgress = () => {}): Promise<void> {
    await this.#transport.putFile(`${artifactAddress(artifactUri, this.uri)}/${encodePath(path)}`, file, onProgress);
  }

  async downloadArtifact(artifactUri: string, path: string): Promise<Buffer> {
    return await this.#transport.getBytes(`${artifactAddress(artifactUri, this.uri)}/${encodePath(path)}`);
  }

  /** What a deleted experiment of a wanted name means: MLflow keeps the name taken until it is purged. */
  deletedExperiment({ name, experiment_id: id }: MlflowExperiment): TrackingError {
    const message = `the experiment \`${name}\` at ${this.uri} was deleted, and its name is still taken`;
    return new TrackingError(400, 'EXPERIMENT_DELETED', message, {
      help: `bring it back with \`mlflow experiments restore --experiment-id ${id}\`, or track under another name`,
    });
  }

  #requireActive(experiment: MlflowExperiment): MlflowExperiment {
    if (experiment.lifecycle_stage === 'active') return experiment;
    throw this.deletedExperiment(experiment);
  }
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null | undefined;
}

async function collectPages<T>(limit: number, fetchPage: (token: string | null) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let token: string | null = null;
  do {
    const page: Page<T> = await fetchPage(token);
    all.push(...page.items);
    // An empty string ends the pages as well as no token does.
    token = page.next === undefined || page.next === null || page.next === '' ? null : page.next;
  } while (token !== null && all.length < limit);
  return all.length > limit ? all.slice(0, limit) : all;
}

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNever } from '../../dsl/assert-never.ts';
import { TrackingError } from '../errors.ts';
import { addToBatch, batchOf, describe, emptyBatch, entriesOf, type MutableBatch } from './batch-entries.ts';
import { isUpload, type RecordDelivery, type Upload, uploadName } from './delivery.ts';
import { type Delivered, type Journal, nothingDelivered, type Refusal } from './journal.ts';
import type { LogBatch } from './log-batch.ts';
import { logModel } from './logged-model.ts';
import type { MlflowClient } from './mlflow-client.ts';
import { isTransient } from './retry.ts';
import { RUN_KEY_TAG, type RunIdentity } from './run-facts.ts';
import { hasServerCode } from './server-code.ts';

/** The server no longer knows the run: its store was emptied. All has to be told from the beginning. */
export class RunLostError extends Error {}

/** More is of no use to a reader, and the journal is rewritten with every delivery. */
const REFUSALS_KEPT = 50;

/** They say nothing of the thing that was to be told. */
const CODES_OF_ACCESS: ReadonlySet<string> = new Set([
  'DELIVERY_BUSY',
  'PERMISSION_DENIED',
  'UNAUTHENTICATED',
  'EXPERIMENT_DELETED',
  'RUN_DELETED',
]);

/**
 * Whether the server would not take this one thing, as opposed to taking nothing now: refused things are noted and passed
 * over, for everything else the queue waits.
 */
export function isRefusal(error: TrackingError): boolean {
  if (error.status === 413) return true;
  return error.serverCode !== null && !CODES_OF_ACCESS.has(error.serverCode) && !refusedForNow(error);
}

function refusedForNow(error: TrackingError): boolean {
  return error.status !== null && isTransient(error);
}

/** The id of the run above this one on the server. */
export type ParentRun = () => Promise<string>;

/** MLflow nests runs by it. */
const PARENT_TAG = 'mlflow.parentRunId';

/** One run on one server: finds or makes it, tells it things, and journals what has arrived. */
export class RunSession {
  readonly #client: MlflowClient;
  readonly #journal: Journal;
  readonly #identity: RunIdentity;
  readonly #runDir: string;
  readonly #parent: ParentRun | null;
  #making: Promise<Delivered> | null = null;

  /** @param parent finds or makes the run above this one; null for a run of its own */
  constructor(
    client: MlflowClient,
    journal: Journal,
    identity: RunIdentity,
    runDir: string,
    parent: ParentRun | null = null,
  ) {
    this.#client = client;
    this.#journal = journal;
    this.#identity = identity;
    this.#runDir = runDir;
    this.#parent = parent;
  }

  /** Null before the run exists on the server. */
  get delivered(): Delivered | null {
    return this.#journal.deliveredTo(this.#client.uri);
  }

  get refusals(): readonly Refusal[] {
    return this.delivered?.refused ?? [];
  }

  /** The run's page; null before it exists. */
  get page(): string | null {
    const known = this.delivered;
    return known === null ? null : `${this.#client.uri}/#/experiments/${known.experimentId}/runs/${known.runId}`;
  }

  /** Whether the server has it already, by the journal. */
  has(delivery: RecordDelivery | Upload): boolean {
    const known = this.delivered;
    if (known === null) return false;
    if (isUpload(delivery)) return known.artifacts[uploadName(delivery)] === delivery.version;
    return delivery.sequence <= known.sequence && delivery.time <= known.time;
  }

  /**
   * Tells the server a group of things in their order.
   *
   * @param complete whether nothing more of the last one's event follows: only then the journal moves past that event
   * @throws TrackingError when the server takes nothing now; @throws RunLostError
   */
  async send(deliveries: readonly RecordDelivery[], complete: boolean): Promise<void> {
    const run = await this.#ensureRun();
    let batch: MutableBatch = emptyBatch();
    for (const delivery of deliveries) {
      if (addToBatch(batch, delivery)) continue;
      await this.#logBatch(run, batch, delivery.sequence);
      batch = emptyBatch();
      await this.#sendAlone(run, delivery);
    }
    const last = deliveries.at(-1);
    if (last === undefined) return;
    await this.#logBatch(run, batch, last.sequence);
    if (complete) this.#save({ sequence: last.sequence, time: last.time });
  }

  /** @throws TrackingError; a refusal too, because files that one server setting keeps out are worth another try later */
  async upload(upload: Upload, onProgress: () => void): Promise<void> {
    const run = await this.#ensureRun();
    if (upload.kind === 'model') await logModel(this.#client, upload, { ...run, runDir: this.#runDir }, onProgress);
    else await this.#uploadFiles(run, upload.path, onProgress);
    const artifacts = { ...(this.delivered?.artifacts ?? {}), [uploadName(upload)]: upload.version };
    this.#save({ artifacts });
  }

  async #uploadFiles(run: Delivered, path: string, onProgress: () => void): Promise<void> {
    for (const file of await filesBelow(this.#runDir, path)) {
      await this.#client.uploadArtifact(run.artifactUri, file, join(this.#runDir, file), onProgress);
    }
  }

  async #sendAlone(run: Delivered, delivery: RecordDelivery): Promise<void> {
    switch (delivery.kind) {
      case 'inputs':
        return await this.#orRefused(run, delivery.sequence, 'data set', () =>
          this.#client.logInputs(run.runId, delivery.inputs),
        );
      case 'status':
        return await this.#orRefused(run, delivery.sequence, `status ${delivery.status}`, () =>
          this.#client.updateRun(run.runId, delivery.status, delivery.endTime),
        );
      case 'params':
      case 'tags':
      case 'metrics':
        throw new Error(`${delivery.kind} belong into a batch`);
      default:
        return assertNever(delivery);
    }
  }

  /** One refused entry refuses its whole batch: halves it until the culprit is alone. */
  async #logBatch(run: Delivered, batch: LogBatch, sequence: number): Promise<void> {
    const entries = entriesOf(batch);
    const [first] = entries;
    if (first === undefined) return;
    if (entries.length === 1) {
      await this.#orRefused(run, sequence, describe(first), () => this.#client.logBatch(run.runId, batch));
      return;
    }
    try {
      await this.#client.logBatch(run.runId, batch);
    } catch (error) {
      if (!(error instanceof TrackingError) || !isRefusal(error)) throw error;
      await this.#requireRun(run);
      const middle = Math.floor(entries.length / 2);
      await this.#logBatch(run, batchOf(entries.slice(0, middle)), sequence);
      await this.#logBatch(run, batchOf(entries.slice(middle)), sequence);
    }
  }

  async #orRefused(run: Delivered, sequence: number, what: string, tell: () => Promise<void>): Promise<void> {
    try {
      await tell();
    } catch (error) {
      if (!(error instanceof TrackingError) || !isRefusal(error)) throw error;
      await this.#requireRun(run);
      const refused = [...this.refusals, { sequence, what, message: error.message }];
      this.#save({ refused: refused.slice(-REFUSALS_KEPT) });
    }
  }

  /** A refusal may mean the run rather than the thing. */
  async #requireRun(run: Delivered): Promise<void> {
    try {
      const { info } = await this.#client.getRun(run.runId);
      if (info.lifecycle_stage === 'active') return;
    } catch (error) {
      if (!hasServerCode(error, 'RESOURCE_DOES_NOT_EXIST')) throw error;
      this.#journal.saveDelivered(null);
      throw new RunLostError(`the server at ${this.#client.uri} no longer has run ${run.runId}`);
    }
    throw new TrackingError(400, 'RUN_DELETED', `this run was deleted from the server at ${this.#client.uri}`, {
      help: `bring it back with \`mlflow runs restore --run-id ${run.runId}\`, then deliver the rest`,
    });
  }

  /** Both lanes of a courier ask, and one run must come of it. */
  async #ensureRun(): Promise<Delivered> {
    const known = this.delivered;
    if (known !== null) return known;
    this.#making ??= this.#makeRun().finally(() => {
      this.#making = null;
    });
    return await this.#making;
  }

  /** The server picks run ids, so that a creation whose answer was lost must be found, not repeated. */
  async #makeRun(): Promise<Delivered> {
    const { experiment, key, runName, startTime, tags } = this.#identity;
    const { experiment_id: experimentId } = await this.#client.ensureExperiment(experiment);
    const [found] = await this.#client.searchRuns({
      experimentIds: [experimentId],
      filter: `tags.\`${RUN_KEY_TAG}\` = '${key}'`,
      maxResults: 1,
    });
    const nested = this.#parent === null ? [] : [{ key: PARENT_TAG, value: await this.#parent() }];
    const run =
      found ?? (await this.#client.createRun({ experimentId, name: runName, startTime, tags: [...tags, ...nested] }));
    const delivered = nothingDelivered(this.#client.uri, experimentId, run.info);
    this.#journal.saveDelivered(delivered);
    return delivered;
  }

  #save(change: Partial<Delivered>): void {
    const known = this.delivered;
    if (known !== null) this.#journal.saveDelivered({ ...known, ...change });
  }
}

/** A file itself, or all files of a folder in sorted order; relative to the run folder, with `/`. */
async function filesBelow(runDir: string, path: string): Promise<string[]> {
  if (!(await stat(join(runDir, path))).isDirectory()) return [path];
  const entries = await readdir(join(runDir, path), { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = `${path}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await filesBelow(runDir, below)));
    else if (entry.isFile()) files.push(below);
  }
  return files;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { TrackingError } from '../errors.ts';
import { hasErrorCode } from '../system/error-code.ts';
import type { Delivery, RecordDelivery, Upload } from './delivery.ts';
import type { Refusal } from './journal.ts';
import { backOff } from './retry.ts';
import { isRefusal, type RunSession } from './session.ts';

export interface Patience {
  /** Least time between two batches while the run goes on, in milliseconds: a fast trainer must not mean a request a step. */
  readonly batchMs: number;
  /** First and longest wait before a server that is away is asked again. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** After the run's end: how long without any success before the rest is left for `exp sync`. */
  readonly finalMs: number;
  /** The same while a file is on its way. */
  readonly finalUploadMs: number;
}

export const DEFAULT_PATIENCE: Patience = {
  batchMs: 1000,
  retryMs: 1000,
  maxRetryMs: 30_000,
  finalMs: 15_000,
  finalUploadMs: 300_000,
};

/** Deliveries in one request: enough to catch up fast, few enough for a body of a few hundred kilobytes. */
const GROUP_LIMIT = 300;

/**
 * Takes deliveries to the server in their order, waits out its absences, and knows when to stop. Artifacts travel beside
 * the record: a store that refuses files must not keep the curves back.
 */
export class Courier {
  readonly #session: RunSession;
  readonly #patience: Patience;
  readonly #records: RecordDelivery[] = [];
  readonly #uploads: Upload[] = [];
  readonly #refusedUploads: Refusal[] = [];
  #delivered = 0;
  #problem: TrackingError | null = null;
  #uploadProblem: TrackingError | null = null;
  #downSince: number | null = null;
  #lastSuccess = 0;
  #failures = 0;
  #uploadFailures = 0;
  #uploadAt = 0;
  #uploading = false;
  /** When the file under way last moved. That is no success: a server may read it all and then refuse it. */
  #lastPart = 0;
  #endedAt: number | null = null;
  #wake = new AbortController();

  constructor(session: RunSession, patience: Patience) {
    this.#session = session;
    this.#patience = patience;
  }

  /** Counted in deliveries, those of earlier processes included. */
  get delivered(): number {
    return this.#delivered;
  }

  get queued(): number {
    return this.#records.length + this.#uploads.length;
  }

  /** Nothing more will come, and nothing waits. */
  get isDone(): boolean {
    return this.#endedAt !== null && this.queued === 0;
  }

  /** What keeps the queue waiting; null while all is well. */
  get problem(): TrackingError | null {
    return this.#problem ?? this.#uploadProblem;
  }

  /** Milliseconds since the Unix epoch; null while the server answers. */
  get downSince(): number | null {
    return this.#downSince;
  }

  get refused(): readonly Refusal[] {
    return [...this.#session.refusals, ...this.#refusedUploads];
  }

  /** Takes all that one event leads to. */
  push(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (this.#session.has(delivery)) this.#delivered += 1;
      else if (delivery.kind === 'artifact') this.#uploads.push(delivery);
      else this.#records.push(delivery);
    }
  }

  /** Nothing more will be pushed. */
  end(): void {
    this.#endedAt ??= Date.now();
    this.#wake.abort();
  }

  /**
   * Delivers until the end is reached and the queue is empty, or patience is used up, or `signal` aborts.
   * @throws RunLostError when everything has to be told anew
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.isDone) return;
      if (this.hasGivenUp(Date.now())) return;
      const wait = await this.#deliverSome(signal);
      if (wait > 0) await this.#pause(wait, signal);
    }
  }

  /** Whether the run has ended and the server has been silent for longer than it is worth waiting. */
  hasGivenUp(now: number): boolean {
    if (this.#endedAt === null || this.queued === 0) return false;
    if (this.#uploading) return now - Math.max(this.#endedAt, this.#lastPart) > this.#patience.finalUploadMs;
    const { finalMs } = this.#patience;
    // A server that was away all the while gets one more chance, not a long wait.
    const longGone = this.#downSince !== null && this.#endedAt - this.#downSince > finalMs;
    return now - Math.max(this.#endedAt, this.#lastSuccess) > (longGone ? finalMs / 5 : finalMs);
  }

  /** Returns the wait before the next round, in milliseconds. */
  async #deliverSome(signal: AbortSignal): Promise<number> {
    try {
      if (this.#records.length > 0) {
        await this.#sendGroup();
        this.#succeeded();
        return this.#endedAt === null && this.#records.length < GROUP_LIMIT ? this.#patience.batchMs : 0;
      }
      if (this.#uploads.length > 0 && Date.now() >= this.#uploadAt) return await this.#uploadOne();
      return this.#uploads.length > 0
        ? Math.max(50, Math.min(this.#uploadAt - Date.now(), this.#patience.batchMs))
        : 100;
    } catch (error) {
      if (!(error instanceof TrackingError)) throw error;
      // A request that close() broke off says nothing about the server.
      if (signal.aborted) return 0;
      return this.#failed(error);
    }
  }

  async #sendGroup(): Promise<void> {
    const group = this.#records.slice(0, GROUP_LIMIT);
    const last = group.at(-1);
    const complete = last !== undefined && this.#records[group.length]?.sequence !== last.sequence;
    await this.#session.send(group, complete);
    this.#records.splice(0, group.length);
    this.#delivered += group.length;
  }

  async #uploadOne(): Promise<number> {
    const [upload] = this.#uploads;
    if (upload === undefined) return 0;
    this.#uploading = true;
    try {
      await this.#session.upload(upload, () => {
        this.#lastPart = Date.now();
      });
      this.#uploads.shift();
      this.#delivered += 1;
      this.#uploadFailures = 0;
      this.#uploadProblem = null;
      this.#succeeded();
      return 0;
    } catch (error) {
      if (!(error instanceof TrackingError)) return this.#refuseUpload(upload, fileTrouble(error));
      if (isRefusal(error)) return this.#refuseUpload(upload, error.message);
      if (error.status === null) throw error;
      // The server is there and only its artifact store is in trouble: the record goes on.
      this.#uploadProblem = error;
      this.#uploadFailures += 1;
      const wait = backOff(this.#uploadFailures, this.#patience.retryMs, this.#patience.maxRetryMs);
      this.#uploadAt = Date.now() + wait;
      return 0;
    } finally {
      this.#uploading = false;
    }
  }

  #refuseUpload(upload: Upload, message: string): number {
    this.#uploads.shift();
    this.#refusedUploads.push({ sequence: upload.sequence, what: `artifact ${upload.path}`, message });
    return 0;
  }

  #succeeded(): void {
    this.#problem = null;
    this.#downSince = null;
    this.#failures = 0;
    this.#lastSuccess = Date.now();
  }

  #failed(error: TrackingError): number {
    this.#problem = error;
    this.#downSince ??= Date.now();
    this.#failures += 1;
    return backOff(this.#failures, this.#patience.retryMs, this.#patience.maxRetryMs);
  }

  /** A run that ends while the server is away is tried at once again. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const woken = AbortSignal.any([signal, this.#wake.signal]);
    const bounded = this.#endedAt === null ? ms : Math.min(ms, this.#patience.finalMs / 4);
    await sleep(bounded, undefined, { signal: this.#endedAt === null ? woken : signal }).catch(() => {});
  }
}

/** A file that cannot be read is this file's trouble, not the server's. */
function fileTrouble(error: unknown): string {
  if (hasErrorCode(error, 'ENOENT')) return 'the file is gone';
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

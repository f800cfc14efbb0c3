import { setTimeout as sleep } from 'node:timers/promises';
import { TrackingError } from '../errors.ts';
import { hasErrorCode } from '../system/error-code.ts';
import { type Delivery, isUpload, type RecordDelivery, type Upload, uploadName } from './delivery.ts';
import type { Refusal } from './journal.ts';
import { backOff } from './retry.ts';
import { isRefusal, type RunSession } from './session.ts';

export interface Patience {
  /** Least time between two batches while the run goes on, in milliseconds: a fast trainer must not mean a request a step. */
  readonly batchMs: number;
  /** First and longest wait before a server that is away is asked again. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** After the run's end: how long without any success before the rest is left for `exp sync`, where the server is away. */
  readonly finalMs: number;
  /** The same where it is there, and answers late or asks for peace: many runs may be ending at once. */
  readonly finalSlowMs: number;
  /** The same while a file is on its way. */
  readonly finalUploadMs: number;
}

export const DEFAULT_PATIENCE: Patience = {
  batchMs: 3000,
  retryMs: 1000,
  maxRetryMs: 30_000,
  finalMs: 15_000,
  finalSlowMs: 60_000,
  finalUploadMs: 300_000,
};

/** Deliveries in one request: enough to catch up fast, few enough for a body of a few hundred kilobytes. */
const GROUP_LIMIT = 300;

/** However long a server asks to be left alone, it is asked again after this. */
const MOST_ASKED_MS = 600_000;

/** One of the two ways to the server: what went wrong last, and how often in a row. */
interface Lane {
  problem: TrackingError | null;
  failures: number;
}

/**
 * Takes deliveries to the server in their order, waits out its absences, and knows when to stop. Artifacts travel beside
 * the record: a store that refuses files, or a file that takes an hour, must not keep the curves back.
 *
 * All patience is measured by a clock that does not jump.
 */
export class Courier {
  readonly #session: RunSession;
  readonly #patience: Patience;
  readonly #records: RecordDelivery[] = [];
  readonly #uploads: Upload[] = [];
  readonly #refusedUploads: Refusal[] = [];
  readonly #recordLane: Lane = { problem: null, failures: 0 };
  readonly #uploadLane: Lane = { problem: null, failures: 0 };
  #delivered = 0;
  /** Of both clocks: one to show, one to reckon with. */
  #down: { readonly since: number; readonly at: number } | null = null;
  #lastSuccess = performance.now();
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
    return this.#recordLane.problem ?? this.#uploadLane.problem;
  }

  /** Milliseconds since the Unix epoch; null while the server answers. */
  get downSince(): number | null {
    return this.#down?.since ?? null;
  }

  get refused(): readonly Refusal[] {
    return [...this.#session.refusals, ...this.#refusedUploads];
  }

  /** Takes all that one event leads to. */
  push(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (this.#session.has(delivery)) this.#delivered += 1;
      else if (isUpload(delivery)) this.#uploads.push(delivery);
      else this.#records.push(delivery);
    }
  }

  /** Nothing more will be pushed. */
  end(): void {
    this.#endedAt ??= performance.now();
    this.#wake.abort();
  }

  /**
   * Delivers until the end is reached and the queue is empty, or patience is used up, or `signal` aborts.
   * @throws RunLostError when everything has to be told anew
   */
  async run(signal: AbortSignal): Promise<void> {
    const broken = new AbortController();
    const either = AbortSignal.any([signal, broken.signal]);
    const lanes = [this.#drive(this.#recordLane, () => this.#sendGroup(), either)];
    lanes.push(this.#drive(this.#uploadLane, () => this.#uploadNext(), either));
    for (const lane of lanes) lane.catch(() => broken.abort());
    // Both are waited for: whoever begins anew must find nobody at work.
    const [first] = (await Promise.allSettled(lanes)).filter((lane) => lane.status === 'rejected');
    if (first !== undefined) throw first.reason;
  }

  /** Whether the run has ended and the server has been silent for longer than it is worth waiting. */
  hasGivenUp(now = performance.now()): boolean {
    if (this.#endedAt === null || this.queued === 0) return false;
    if (this.#uploading) return now - Math.max(this.#endedAt, this.#lastPart) > this.#patience.finalUploadMs;
    const { finalMs, finalSlowMs } = this.#patience;
    const silence = now - Math.max(this.#endedAt, this.#lastSuccess);
    // A server that was away all the while gets one more chance, not a long wait.
    if (this.#down !== null && this.#endedAt - this.#down.at > finalMs) return silence > finalMs / 5;
    return silence > (this.problem === null || isBusy(this.problem) ? finalSlowMs : finalMs);
  }

  /** @param next does one thing and says how long to wait before the next, in milliseconds */
  async #drive(lane: Lane, next: () => Promise<number>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.isDone && !this.hasGivenUp()) {
      try {
        await this.#pause(await next(), signal);
      } catch (error) {
        if (!(error instanceof TrackingError)) throw error;
        // A request that close() broke off says nothing about the server.
        if (!signal.aborted) await this.#pause(this.#failed(lane, error), signal);
      }
    }
  }

  async #sendGroup(): Promise<number> {
    if (this.#records.length === 0) return 100;
    const group = this.#records.slice(0, GROUP_LIMIT);
    const last = group.at(-1);
    const complete = last !== undefined && this.#records[group.length]?.sequence !== last.sequence;
    await this.#session.send(group, complete);
    this.#records.splice(0, group.length);
    this.#delivered += group.length;
    this.#succeeded(this.#recordLane);
    return this.#endedAt === null && this.#records.length < GROUP_LIMIT ? this.#patience.batchMs : 0;
  }

  async #uploadNext(): Promise<number> {
    const [upload] = this.#uploads;
    if (upload === undefined) return 100;
    this.#uploading = true;
    try {
      await this.#session.upload(upload, () => {
        this.#lastPart = performance.now();
      });
    } catch (error) {
      if (!(error instanceof TrackingError)) this.#refuse(upload, fileTrouble(error));
      else if (isRefusal(error)) this.#refuse(upload, error.message);
      else throw error;
      return 0;
    } finally {
      this.#uploading = false;
    }
    this.#uploads.shift();
    this.#delivered += 1;
    this.#succeeded(this.#uploadLane);
    return 0;
  }

  #refuse(upload: Upload, message: string): void {
    this.#uploads.shift();
    this.#refusedUploads.push({ sequence: upload.sequence, what: `artifact ${uploadName(upload)}`, message });
  }

  #succeeded(lane: Lane): void {
    lane.problem = null;
    lane.failures = 0;
    this.#down = null;
    this.#lastSuccess = performance.now();
  }

  /** Returns the wait before the next try: ours, or the longer one that the server asks for. */
  #failed(lane: Lane, error: TrackingError): number {
    lane.problem = error;
    lane.failures += 1;
    // An artifact store in trouble is no server that is away: the record goes on.
    if (lane === this.#recordLane || error.status === null) this.#down ??= { since: Date.now(), at: performance.now() };
    const own = backOff(lane.failures, this.#patience.retryMs, this.#patience.maxRetryMs);
    const asked = Math.min(error.retryAfterMs ?? 0, MOST_ASKED_MS);
    if (asked > own) return asked;
    // A run that ends while the server is away is tried again soon.
    return this.#endedAt === null ? own : Math.min(own, this.#patience.finalMs / 4);
  }

  /** The run's end cuts it short: what waits is then tried at once. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (ms <= 0) return;
    const woken = this.#endedAt === null ? AbortSignal.any([signal, this.#wake.signal]) : signal;
    await sleep(ms, undefined, { signal: woken }).catch(() => {});
  }
}

/** What a server answers that is there and wants peace. One that has not failed since it last answered is slow at most. */
const BUSY_STATUSES: ReadonlySet<number> = new Set([408, 429, 503, 504]);

function isBusy({ status }: TrackingError): boolean {
  return status !== null && BUSY_STATUSES.has(status);
}

/** A file that cannot be read is this file's trouble, not the server's. */
function fileTrouble(error: unknown): string {
  if (hasErrorCode(error, 'ENOENT')) return 'the file is gone';
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

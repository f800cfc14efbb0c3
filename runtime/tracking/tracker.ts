import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { flattenPlan } from '../../compiler/plan/flatten.ts';
import { TrackingError } from '../errors.ts';
import { followEvents, readEvents } from '../events/read.ts';
import type { RunEvent } from '../events/schema.ts';
import { liveOwner } from '../run/lock.ts';
import { openMatrix } from '../run/matrix-folder.ts';
import { changesBetween, changesText } from '../run/plan-history.ts';
import { openRun, readPlanFile } from '../run/run-folder.ts';
import { Courier, DEFAULT_PATIENCE, type Patience } from './courier.ts';
import { DeliveryLock } from './delivery-lock.ts';
import { Journal, type Refusal } from './journal.ts';
import { ensureMatrixRun } from './matrix-run.ts';
import { MlflowClient } from './mlflow-client.ts';
import { collectProvenance, type Provenance } from './provenance.ts';
import { DEFAULT_RETRY } from './retry.ts';
import { type FlattenPlan, runFacts, runIdentity } from './run-facts.ts';
import { RunLostError, RunSession } from './session.ts';
import { resolveTarget, type TrackingEnvironment, type TrackingTarget } from './target.ts';
import { type RunFacts, Translator } from './translate.ts';
import type { TransportOptions } from './transport.ts';

export interface TrackingOptions {
  readonly runDir: string;
  /** The plan as MLflow's parameters; `flattenPlan` unless given. */
  readonly flatten?: FlattenPlan;
  /** Where MLflow's variables are looked up; the process's environment unless given. */
  readonly env?: TrackingEnvironment;
  readonly patience?: Partial<Patience>;
  readonly transport?: TransportOptions;
}

export interface TrackingState {
  /** The run's page; the server's address before the run exists there; null where tracking stays local. */
  readonly url: string | null;
  readonly delivered: number;
  readonly queued: number;
  /** Milliseconds since the Unix epoch; null while the server answers. */
  readonly downSince: number | null;
  readonly problem: TrackingError | null;
  readonly refused: readonly Refusal[];
  /** One sentence for the user, where there is something to say. */
  readonly notice: string | null;
}

export interface TrackingResult extends TrackingState {
  /** Everything recorded has been told; also true where the plan does not track. */
  readonly complete: boolean;
}

export interface Tracker {
  state(): TrackingState;
  /** Settles after the run's end, when all is delivered or waiting is no longer worth it. Never rejects. */
  readonly finished: Promise<TrackingResult>;
  /** Stops now; the rest is for `exp sync`. */
  close(): Promise<void>;
}

/**
 * Follows a run's record and tells an MLflow server what happens. It never fails a training: a server that is away is
 * waited for, and what remains at the end is kept for `syncRun`.
 *
 * Call it once the run has an owner (after the launch); `runDir` must hold run.json and plan.json.
 */
export function startTracker(options: TrackingOptions): Tracker {
  const stop = new AbortController();
  const tracking = new Tracking(options, 'follow', stop.signal);
  const finished = tracking.run();
  return {
    state: () => tracking.state(),
    finished,
    close: async () => {
      stop.abort();
      await finished;
    },
  };
}

export interface SyncOptions extends TrackingOptions {
  readonly signal?: AbortSignal;
}

/**
 * Delivers what a run still owes its server; what has arrived before is not told again. A run that is still going on is
 * delivered up to now.
 */
export async function syncRun(options: SyncOptions): Promise<TrackingResult> {
  const patience = { ...SYNC_PATIENCE, ...options.patience };
  return await new Tracking({ ...options, patience }, 'sync', options.signal ?? new AbortController().signal).run();
}

/** Somebody sits and waits, and can call again. */
const SYNC_PATIENCE: Partial<Patience> = { finalMs: 5_000 };

/** The courier's own rounds are the retries; inside one, a second try covers a cut connection. */
const TRACKER_TRANSPORT: TransportOptions = { retry: { ...DEFAULT_RETRY, attempts: 2 }, timeoutMs: 20_000 };

class Tracking {
  readonly #options: TrackingOptions;
  readonly #mode: 'follow' | 'sync';
  readonly #stop: AbortSignal;
  readonly #patience: Patience;
  #target: TrackingTarget | null = null;
  #session: RunSession | null = null;
  #courier: Courier | null = null;
  #fault: TrackingError | null = null;
  #tracks = true;

  constructor(options: TrackingOptions, mode: 'follow' | 'sync', stop: AbortSignal) {
    this.#options = options;
    this.#mode = mode;
    this.#stop = stop;
    this.#patience = { ...DEFAULT_PATIENCE, ...options.patience };
  }

  state(): TrackingState {
    const courier = this.#courier;
    return {
      url: this.#session?.page ?? this.#target?.uri ?? null,
      delivered: courier?.delivered ?? 0,
      queued: courier?.queued ?? 0,
      downSince: courier?.downSince ?? null,
      problem: this.#fault ?? courier?.problem ?? null,
      refused: courier?.refused ?? [],
      notice: this.#notice(),
    };
  }

  async run(): Promise<TrackingResult> {
    try {
      await this.#deliver();
    } catch (error) {
      this.#fault =
        error instanceof TrackingError
          ? error
          : new TrackingError(
              null,
              null,
              `tracking stopped: ${error instanceof Error ? error.message : String(error)}`,
              { cause: error },
            );
    }
    const state = this.state();
    const told = this.#courier?.isDone ?? false;
    return { ...state, complete: !this.#tracks || (told && state.problem === null) };
  }

  async #deliver(): Promise<void> {
    const { runDir, flatten = flattenPlan, env = process.env } = this.#options;
    const { info } = openRun(runDir);
    const planFile = readPlanFile(runDir);
    const { track } = planFile.plan;
    this.#tracks = track !== null || this.#mode === 'sync';
    if (!this.#tracks) return;
    const lock = await this.#lock(runDir);
    try {
      const journal = new Journal(runDir);
      // Recorded without a server too, and with a wrong address: a later sync must not describe the code of its own day.
      const recorded = recordProvenance(journal, info.baseDir);
      try {
        this.#target = resolveTarget(track?.uri ?? null, env, track ?? undefined);
      } finally {
        await recorded;
      }
      const provenance = await recorded;
      if (this.#target === null) {
        if (this.#mode === 'follow') return;
        throw new TrackingError(null, null, 'no MLflow server is set', {
          help: 'set MLFLOW_TRACKING_URI, e.g. to http://127.0.0.1:5000, or `track: mlflow(uri: …)`',
        });
      }
      const client = new MlflowClient(this.#target, { ...TRACKER_TRANSPORT, ...this.#options.transport });
      const onStop = () => void client.close();
      this.#stop.addEventListener('abort', onStop);
      try {
        const identity = runIdentity(info, planFile);
        const matrix = info.group === null ? null : openMatrix(dirname(runDir));
        const parent =
          matrix === null ? null : async () => (await ensureMatrixRun(client, matrix, identity.experiment)).runId;
        const session = new RunSession(client, journal, identity, runDir, parent);
        this.#session = session;
        const facts: RunFacts = {
          ...runFacts(info, planFile, provenance, flatten),
          changesBetween: (earlierId, laterId) => changesText(changesBetween(runDir, earlierId, laterId)),
        };
        while (!this.#stop.aborted && !(await this.#tellAll(session, new Translator(facts), client))) {
          await sleep(this.#patience.retryMs, undefined, { signal: this.#stop }).catch(() => {});
        }
      } finally {
        this.#stop.removeEventListener('abort', onStop);
        await client.close();
      }
    } finally {
      lock.release();
    }
  }

  /** A run is followed for hours: somebody's `exp sync` of a minute is waited for. A sync itself says who is at it. */
  async #lock(runDir: string): Promise<DeliveryLock> {
    const since = performance.now();
    for (;;) {
      try {
        const lock = DeliveryLock.acquire(runDir);
        this.#fault = null;
        return lock;
      } catch (error) {
        const isOver = liveOwner(runDir) === null && performance.now() - since > this.#patience.finalMs;
        if (!(error instanceof TrackingError) || this.#mode === 'sync' || this.#stop.aborted || isOver) throw error;
        this.#fault = error;
        await sleep(this.#patience.retryMs, undefined, { signal: this.#stop }).catch(() => {});
      }
    }
  }

  /** One way through the record from its beginning; false when the server has lost the run and all must be told again. */
  async #tellAll(session: RunSession, translator: Translator, client: MlflowClient): Promise<boolean> {
    const courier = new Courier(session, this.#patience);
    this.#courier = courier;
    const passOver = new AbortController();
    const signal = AbortSignal.any([this.#stop, passOver.signal]);
    // A request that hangs must not outlive the patience after the end.
    const watch = setInterval(() => {
      if (!courier.hasGivenUp()) return;
      passOver.abort();
      void client.close();
    }, 200);
    const reading = this.#read(courier, translator, signal);
    try {
      await Promise.all([reading, courier.run(signal)]);
      return true;
    } catch (error) {
      if (error instanceof RunLostError) return false;
      throw error;
    } finally {
      clearInterval(watch);
      passOver.abort();
      await reading.catch(() => {});
    }
  }

  async #read(courier: Courier, translator: Translator, signal: AbortSignal): Promise<void> {
    const { runDir } = this.#options;
    const source = this.#mode === 'sync' ? readEvents(runDir) : followEvents(runDir, { signal });
    let last: RunEvent | null = null;
    for await (const event of source) {
      last = event;
      courier.push(translator.translate(event));
    }
    // A trainer and a launcher that both died left no word: the server must not show the run as running for ever.
    if (last !== null && last.type !== 'run_finished' && !signal.aborted && liveOwner(runDir) === null) {
      courier.push([
        { kind: 'status', status: 'KILLED', endTime: last.time, sequence: last.sequence + 0.5, time: last.time },
      ]);
    }
    courier.end();
  }

  #notice(): string | null {
    if (!this.#tracks) return null;
    if (this.#target === null && this.#fault === null) {
      return 'no MLflow server is set, so tracking stays in the run folder; set MLFLOW_TRACKING_URI and `exp sync` delivers it';
    }
    const queued = this.#courier?.queued ?? 0;
    const problem = this.#fault ?? this.#courier?.problem ?? null;
    if (problem !== null)
      return `${problem.message}; ${queued} entries wait in the run folder, and \`exp sync\` delivers them`;
    const refused = this.#courier?.refused ?? [];
    const [first] = refused;
    if (first === undefined) return null;
    return `MLflow did not take ${first.what}: ${first.message}${refused.length > 1 ? ` (and ${refused.length - 1} more)` : ''}`;
  }
}

async function recordProvenance(journal: Journal, folder: string): Promise<Provenance> {
  if (journal.provenance !== null) return journal.provenance;
  const provenance = await collectProvenance(folder);
  journal.saveProvenance(provenance);
  return provenance;
}

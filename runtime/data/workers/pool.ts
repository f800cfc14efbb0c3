import { Worker } from 'node:worker_threads';
import { DataError, OutOfMemoryError } from '../../errors.ts';
import type { CaseCache } from '../cache.ts';
import type { Failure, FromWorker, ToWorker, WorkRequest, WorkResult, WorkSettings } from './protocol.ts';

/** Does data work, in line or in other threads. */
export interface DataWorkers {
  run(request: WorkRequest): Promise<WorkResult>;
  close(): Promise<void>;
}

interface Job {
  readonly id: number;
  readonly request: WorkRequest;
  readonly resolve: (result: WorkResult) => void;
  readonly reject: (error: Error) => void;
}

interface Member {
  readonly index: number;
  readonly worker: Worker;
  /** Ids of the cached cases that it was given. */
  readonly given: Set<string>;
  job: Job | null;
}

function idsOf(request: WorkRequest): string[] {
  return request.kind === 'batch' ? request.cases.map((files) => files.id) : [request.files.id];
}

function errorOf(failure: Failure): Error {
  if (failure.code === null) return new Error(`a data worker failed: ${failure.message}`);
  return new DataError(
    failure.code,
    failure.path,
    failure.message,
    failure.help === null ? {} : { help: failure.help },
  );
}

/** A worker that died takes its cause with it; what it was busy with is the best hint there is. */
function deathOf(member: Member, cause: unknown): Error {
  const busy = member.job === null ? 'while it waited' : `while it worked on ${idsOf(member.job.request).join(', ')}`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `data worker ${member.index + 1} died ${busy}: ${reason}`;
  const outOfMemory = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return outOfMemory
    ? new OutOfMemoryError(message, { cause, planPath: 'workers', help: 'use fewer workers, or cache: none' })
    : new Error(message, { cause });
}

/**
 * Worker threads that take requests in the order they come. A worker that dies fails every request, present and to
 * come: what it was about to hand over is lost, and a run must not wait for it.
 *
 * @param entry the bundled worker program
 */
export function startWorkers(entry: URL, count: number, settings: WorkSettings, cache: CaseCache): DataWorkers {
  const waiting: Job[] = [];
  let nextId = 1;
  let broken: Error | null = null;
  let closing = false;

  const fail = (error: Error) => {
    broken ??= error;
    for (const job of [...waiting.splice(0), ...members.flatMap((member) => member.job ?? [])]) job.reject(broken);
    for (const member of members) member.job = null;
  };

  const dispatch = () => {
    for (const member of members) {
      if (member.job !== null) continue;
      const job = waiting.shift();
      if (job === undefined) return;
      member.job = job;
      const cases = [...new Set(idsOf(job.request))]
        .filter((id) => !member.given.has(id))
        .map((id) => cache.get(id))
        .filter((prepared) => prepared !== undefined);
      for (const prepared of cases) member.given.add(prepared.id);
      const message: ToWorker = { id: job.id, request: job.request, cases };
      // A busy worker keeps the program alive, an idle one does not.
      member.worker.ref();
      member.worker.postMessage(message);
    }
  };

  const receive = (member: Member, message: FromWorker) => {
    // One that is being ended keeps the program alive until it has: who waits for that must be told.
    if (closing) return;
    const { job } = member;
    member.job = null;
    member.worker.unref();
    if (job !== null) {
      if ('failure' in message) job.reject(errorOf(message.failure));
      else job.resolve(message.result);
    }
    dispatch();
  };

  const start = (index: number): Member => {
    const worker = new Worker(entry, { workerData: settings, name: `exp-data-${index + 1}` });
    const member: Member = { index, worker, given: new Set(), job: null };
    worker.on('message', (message: FromWorker) => receive(member, message));
    worker.on('error', (error) => fail(deathOf(member, error)));
    worker.on('exit', (code) => {
      if (!closing) fail(deathOf(member, `it left with exit code ${code}`));
    });
    worker.unref();
    return member;
  };
  const members: Member[] = Array.from({ length: count }, (_, index) => start(index));

  return {
    run: (request) =>
      new Promise((resolve, reject) => {
        if (broken !== null) return reject(broken);
        if (closing) return reject(new Error('the data module is closed'));
        waiting.push({ id: nextId++, request, resolve, reject });
        dispatch();
      }),
    close: async () => {
      closing = true;
      fail(new Error('the data module is closed'));
      await Promise.all(members.map((member) => member.worker.terminate()));
    },
  };
}

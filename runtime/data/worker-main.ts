import { parentPort, workerData } from 'node:worker_threads';
import { DataError } from '../errors.ts';
import type { SharedCase } from './prepare.ts';
import type { Failure, FromWorker, ToWorker, WorkSettings } from './workers/protocol.ts';
import { createWork } from './workers/work.ts';

/** The program of a data worker: prepares cases and cuts batches, one request after the other. */

const settings: WorkSettings = workerData;
const known = new Map<string, SharedCase>();
const work = createWork(settings, (id) => known.get(id));

function failureOf(error: unknown): Failure {
  if (error instanceof DataError)
    return { code: error.code, path: error.path, message: error.message, help: error.help };
  return {
    code: null,
    path: '',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    help: null,
  };
}

parentPort?.on('message', ({ id, request, cases }: ToWorker) => {
  for (const prepared of cases) known.set(prepared.id, prepared);
  const answer = (message: FromWorker) => parentPort?.postMessage(message);
  try {
    answer({ id, result: work(request) });
  } catch (error) {
    answer({ id, failure: failureOf(error) });
  }
});

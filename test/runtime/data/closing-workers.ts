import { createCaseCache } from '../../../runtime/data/cache.ts';
import { startWorkers } from '../../../runtime/data/workers/pool.ts';
import type { WorkRequest, WorkSettings } from '../../../runtime/data/workers/protocol.ts';

/** A program that closes its data workers in the moment in which the answer to its last request lies unread in the port. */

const ANSWERS_AT_ONCE = `
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ id }) => parentPort.postMessage({ id, result: { kind: 'batch', batch: null, loaded: [] } }));
`;

const settings: WorkSettings = {
  prepare: {
    orientation: 'RAS',
    spacing: null,
    cropForeground: null,
    intensity: { kind: 'none' },
    foreground: null,
    classes: 2,
    channels: 1,
  },
  batch: { seed: 1, patch: [8, 8, 8], sampling: { kind: 'uniform', perCase: 1 }, augment: [] },
  disk: null,
  held: 0,
};
const request: WorkRequest = { kind: 'batch', cases: [], epoch: 1, step: 1 };

const entry = new URL(`data:text/javascript,${encodeURIComponent(ANSWERS_AT_ONCE)}`);
const workers = startWorkers(entry, 1, settings, createCaseCache(0));
await workers.run(request);
const last = workers.run(request).catch(() => 'refused');
// The worker answers meanwhile; this thread reads nothing.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
await workers.close();
console.info(`closed, the last request ${await last}`);

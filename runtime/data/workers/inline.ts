import type { CaseCache } from '../cache.ts';
import type { DataWorkers } from './pool.ts';
import type { WorkSettings } from './protocol.ts';
import { doWork } from './work.ts';

/** `workers: 0`: the work is done when it is asked for, in the calling thread. */
export function workInline(settings: WorkSettings, cache: CaseCache): DataWorkers {
  return {
    run: async (request) => doWork(request, settings, (id) => cache.get(id)),
    close: async () => {},
  };
}

import type { CaseCache } from '../cache.ts';
import type { DataWorkers } from './pool.ts';
import type { WorkSettings } from './protocol.ts';
import { createWork } from './work.ts';

/** `workers: 0`: the work is done when it is asked for, in the calling thread. */
export function workInline(settings: WorkSettings, cache: CaseCache): DataWorkers {
  const work = createWork(settings, (id) => cache.get(id));
  return {
    run: async (request) => work(request),
    close: async () => {},
  };
}

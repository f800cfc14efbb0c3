import { makeBatch } from '../batch.ts';
import { prepareCase, type SharedCase } from '../prepare.ts';
import type { WorkRequest, WorkResult, WorkSettings } from './protocol.ts';

/**
 * Does one piece of data work. The same code runs in line and in workers.
 *
 * @param known cases that need not be read again
 */
export function doWork(
  request: WorkRequest,
  settings: WorkSettings,
  known: (id: string) => SharedCase | undefined,
): WorkResult {
  if (request.kind === 'prepare') {
    return { kind: 'prepare', prepared: known(request.files.id) ?? prepareCase(request.files, settings.prepare) };
  }
  const loaded = new Map<string, SharedCase>();
  const cases = request.cases.map((files) => {
    const found = known(files.id) ?? loaded.get(files.id);
    if (found !== undefined) return found;
    const prepared = prepareCase(files, settings.prepare);
    loaded.set(files.id, prepared);
    return prepared;
  });
  return {
    kind: 'batch',
    batch: makeBatch(cases, settings.batch, request.epoch, request.step),
    loaded: [...loaded.values()],
  };
}

import { makeBatch } from '../batch.ts';
import { inMemory } from '../case-source.ts';
import { openDiskCache } from '../disk-cache.ts';
import type { DiskCase } from '../disk-case.ts';
import { prepareCase, type SharedCase } from '../prepare.ts';
import type { CaseFiles } from '../types.ts';
import type { WorkRequest, WorkResult, WorkSettings } from './protocol.ts';

/** Does one piece of data work after the other. The same code runs in line and in workers. */
export type Work = (request: WorkRequest) => WorkResult;

/** @param known cases in memory, which need not be read again */
export function createWork(settings: WorkSettings, known: (id: string) => SharedCase | undefined): Work {
  const disk = settings.disk === null ? null : openDiskCache(settings.disk);
  const keyOf = (id: string) => settings.disk?.keys.get(id) ?? null;
  /** The last cases that were read, the oldest first. */
  const held = new Map<string, SharedCase>();

  const read = (files: CaseFiles): SharedCase => {
    const found = known(files.id) ?? held.get(files.id);
    if (found !== undefined) return found;
    const prepared = prepareCase(files, settings.prepare);
    const key = keyOf(files.id);
    if (disk !== null && key !== null) disk.add(key, prepared);
    held.set(files.id, prepared);
    for (const id of held.keys()) if (held.size > settings.held) held.delete(id);
    return prepared;
  };

  const opened = (id: string): DiskCase | null => {
    const key = keyOf(id);
    return disk === null || key === null ? null : disk.open(key);
  };

  const prepare = (files: CaseFiles): SharedCase => {
    const kept = opened(files.id);
    if (kept === null) return read(files);
    try {
      return kept.readAll();
    } finally {
      kept.close();
    }
  };

  return (request) => {
    if (request.kind === 'prepare') return { kind: 'prepare', prepared: prepare(request.files) };
    const loaded = new Map<string, SharedCase>();
    const open: DiskCase[] = [];
    try {
      const cases = request.cases.map((files) => {
        const kept = opened(files.id);
        if (kept !== null) {
          open.push(kept);
          return kept.source;
        }
        const prepared = loaded.get(files.id) ?? read(files);
        if (known(files.id) === undefined) loaded.set(files.id, prepared);
        return inMemory(prepared);
      });
      const batch = makeBatch(cases, settings.batch, request.epoch, request.step);
      return { kind: 'batch', batch, loaded: [...loaded.values()] };
    } finally {
      for (const kept of open) kept.close();
    }
  };
}

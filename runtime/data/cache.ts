import { totalmem } from 'node:os';
import { caseBytes, type SharedCase } from './prepare.ts';

/** Prepared cases kept in memory, up to a bound. Nothing is thrown out: an epoch visits all cases, so the oldest is due first. */
export interface CaseCache {
  get(id: string): SharedCase | undefined;
  /** @returns whether the case is kept */
  add(prepared: SharedCase): boolean;
  readonly bytes: number;
  readonly cases: number;
}

/** A quarter of the machine's memory: the engine needs the rest. */
export function defaultCacheBytes(): number {
  return Math.floor(totalmem() / 4);
}

/** @param limitBytes cases beyond it are prepared anew each time; 0 keeps none */
export function createCaseCache(limitBytes: number): CaseCache {
  const kept = new Map<string, SharedCase>();
  let bytes = 0;
  return {
    get: (id) => kept.get(id),
    add: (prepared) => {
      if (kept.has(prepared.id)) return true;
      const size = caseBytes(prepared);
      if (bytes + size > limitBytes) return false;
      kept.set(prepared.id, prepared);
      bytes += size;
      return true;
    },
    get bytes() {
      return bytes;
    },
    get cases() {
      return kept.size;
    },
  };
}

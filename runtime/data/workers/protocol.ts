import type { BatchSettings } from '../batch.ts';
import type { DiskCacheSettings } from '../disk-cache.ts';
import type { PrepareSettings, SharedCase } from '../prepare.ts';
import type { Batch, CaseFiles } from '../types.ts';

/** What the main thread and its data workers say to each other. Arrays lie in shared memory: messages carry references. */

export interface WorkSettings {
  readonly prepare: PrepareSettings;
  readonly batch: BatchSettings;
  /** Null: nothing is kept on disk. */
  readonly disk: (DiskCacheSettings & { readonly keys: ReadonlyMap<string, string> }) | null;
  /** Cases that a thread holds on to although nothing is cached: those of a step, so that a step reads each once. */
  readonly held: number;
}

export type WorkRequest =
  | { readonly kind: 'batch'; readonly cases: readonly CaseFiles[]; readonly epoch: number; readonly step: number }
  | { readonly kind: 'prepare'; readonly files: CaseFiles };

export type WorkResult =
  | { readonly kind: 'batch'; readonly batch: Batch; readonly loaded: readonly SharedCase[] }
  | { readonly kind: 'prepare'; readonly prepared: SharedCase };

export interface ToWorker {
  readonly id: number;
  readonly request: WorkRequest;
  /** Cached cases that this worker has not been given before. */
  readonly cases: readonly SharedCase[];
}

/** A DataError, taken apart: classes do not survive the way between threads. */
export interface Failure {
  readonly code: 'EXP4101' | 'EXP4102' | 'EXP4103' | 'EXP4104' | null;
  readonly path: string;
  readonly message: string;
  readonly help: string | null;
}

export type FromWorker =
  | { readonly id: number; readonly result: WorkResult }
  | { readonly id: number; readonly failure: Failure };

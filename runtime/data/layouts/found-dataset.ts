import type { CaseFiles } from '../types.ts';

/** A data set as found on disk, before anything is read of its volumes. */
export interface FoundDataset {
  readonly name: string;
  /** Absolute. */
  readonly root: string;
  /** Sorted by id. */
  readonly cases: readonly CaseFiles[];
}

export interface FindOptions {
  /** The folder that relative paths of the plan start from. */
  readonly baseDir: string;
  /** Where generated data sets are kept. */
  readonly cacheDir: string;
  readonly onProgress?: (progress: DataProgress) => void;
}

/** Slow work on the way to a data set: `done` of `total`. */
export interface DataProgress {
  readonly stage: 'generate' | 'hash' | 'load';
  readonly done: number;
  readonly total: number;
}

/** Ids in plain code-point order, the same on every machine. */
export function sortCases(cases: readonly CaseFiles[]): CaseFiles[] {
  return [...cases].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

import type { DataError } from '../../errors.ts';
import type { CaseFiles } from '../types.ts';

/** A data set as found on disk, before anything is read of its volumes. */
export interface FoundDataset {
  readonly name: string;
  /** Absolute. */
  readonly root: string;
  /** Sorted by id. */
  readonly cases: readonly CaseFiles[];
}

/** A data set with what is wrong about it: `exp data check` wants all of it, a run the first. */
export interface SearchedDataset extends FoundDataset {
  /** One error for each image without a label (or with several), and each listed file that is not there. */
  readonly missing: readonly DataError[];
  /** Labels that belong to no image. */
  readonly unused: readonly string[];
}

/** @throws DataError EXP4101 the first of what is missing */
export function requireComplete({ name, root, cases, missing }: SearchedDataset): FoundDataset {
  if (missing[0] !== undefined) throw missing[0];
  return { name, root, cases };
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

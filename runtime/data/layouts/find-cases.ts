import { isAbsolute, resolve } from 'node:path';
import type { PlanDataSource } from '../../../compiler/plan/schema.ts';
import { assertNever } from '../../../dsl/assert-never.ts';
import type { CaseFiles } from '../types.ts';
import { findBidsCases } from './bids.ts';
import { findDecathlonCases } from './decathlon.ts';
import { findPhantomCases } from './phantom.ts';

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

/** @throws DataError EXP4101 when there is no such data set, or a subject has no label */
export function findCases(source: PlanDataSource, options: FindOptions): FoundDataset {
  const rooted = (root: string) => (isAbsolute(root) ? root : resolve(options.baseDir, root));
  switch (source.layout) {
    case 'bids':
      return findBidsCases({ ...source, root: rooted(source.root) });
    case 'decathlon':
      return findDecathlonCases(rooted(source.root));
    case 'phantom':
      return findPhantomCases(source, options);
    default:
      return assertNever(source);
  }
}

/** Ids in plain code-point order, the same on every machine. */
export function sortCases(cases: readonly CaseFiles[]): CaseFiles[] {
  return [...cases].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

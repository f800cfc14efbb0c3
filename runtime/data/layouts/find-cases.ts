import { isAbsolute, resolve } from 'node:path';
import type { PlanDataSource } from '../../../compiler/plan/schema.ts';
import { assertNever } from '../../../dsl/assert-never.ts';
import { searchBidsCases } from './bids.ts';
import { searchDecathlonCases } from './decathlon.ts';
import { type FindOptions, type FoundDataset, requireComplete, type SearchedDataset } from './found-dataset.ts';
import { findPhantomCases } from './phantom.ts';

/** @throws DataError EXP4101 when there is no such data set, or a subject has no label */
export function findCases(source: PlanDataSource, options: FindOptions): FoundDataset {
  return requireComplete(searchCases(source, options));
}

/** As `findCases`, but what is missing of single cases is listed. @throws DataError EXP4101 when there is no such data set */
export function searchCases(source: PlanDataSource, options: FindOptions): SearchedDataset {
  const rooted = (root: string) => (isAbsolute(root) ? root : resolve(options.baseDir, root));
  switch (source.layout) {
    case 'bids':
      return searchBidsCases({ ...source, root: rooted(source.root) });
    case 'decathlon':
      return searchDecathlonCases(rooted(source.root));
    case 'phantom':
      return { ...findPhantomCases(source, options), missing: [], unused: [] };
    default:
      return assertNever(source);
  }
}

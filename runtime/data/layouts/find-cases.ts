import { isAbsolute, resolve } from 'node:path';
import type { PlanDataSource, PlanDataset } from '../../../compiler/plan/schema.ts';
import { assertNever } from '../../../dsl/assert-never.ts';
import { searchBidsCases } from './bids.ts';
import { searchDecathlonCases } from './decathlon.ts';
import { withoutExcluded } from './exclude.ts';
import { type FindOptions, type FoundDataset, requireUsable, type SearchedDataset } from './found-dataset.ts';
import { findPhantomCases } from './phantom.ts';

/** What a plan says of which cases there are. */
export type ChosenDataset = Pick<PlanDataset, 'source' | 'exclude'>;

/** @throws DataError EXP4101 when there is no such data set, no subject has a label, or files are missing */
export function findCases(dataset: ChosenDataset, options: FindOptions): FoundDataset {
  return requireUsable(searchCases(dataset, options));
}

/** As `findCases`, but what is missing of single cases is listed. @throws DataError EXP4101 when there is no such data set */
export function searchCases({ source, exclude }: ChosenDataset, options: FindOptions): SearchedDataset {
  return withoutExcluded(searchSource(source, options), exclude);
}

function searchSource(source: PlanDataSource, options: FindOptions): SearchedDataset {
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

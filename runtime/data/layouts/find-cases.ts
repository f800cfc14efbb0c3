import { isAbsolute, resolve } from 'node:path';
import type { PlanDataSource } from '../../../compiler/plan/schema.ts';
import { assertNever } from '../../../dsl/assert-never.ts';
import { findBidsCases } from './bids.ts';
import { findDecathlonCases } from './decathlon.ts';
import type { FindOptions, FoundDataset } from './found-dataset.ts';
import { findPhantomCases } from './phantom.ts';

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

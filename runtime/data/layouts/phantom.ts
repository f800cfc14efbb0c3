import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanDataSource } from '../../../compiler/plan/schema.ts';
import { PHANTOM_CONTRASTS } from '../phantom/organ.ts';
import { writePhantomDataset } from '../phantom/write-dataset.ts';
import { findBidsCases } from './bids.ts';
import { isFolder } from './folders.ts';
import type { FindOptions, FoundDataset } from './found-dataset.ts';

type PhantomSource = Extract<PlanDataSource, { layout: 'phantom' }>;

/** Raised when the generator changes, so that data sets of an older one are made anew. */
const GENERATOR_VERSION = 1;

/** What images, one a channel, and labels of a phantom data set are called. */
export function phantomFiles(channels: number): { readonly image: string[]; readonly label: string } {
  return { image: PHANTOM_CONTRASTS.slice(0, channels).map(({ suffix }) => suffix), label: 'desc-manual_dseg' };
}

/** Finds a phantom data set in the cache, after making it there on first use. A broken-off attempt leaves nothing behind. */
export function findPhantomCases(
  source: PhantomSource,
  options: Pick<FindOptions, 'cacheDir' | 'onProgress'>,
): FoundDataset {
  const { subjects, size, seed, channels } = source;
  const several = channels === 1 ? '' : `-${channels}channels`;
  const root = join(options.cacheDir, `phantom-v${GENERATOR_VERSION}-${subjects}x${size}-seed${seed}${several}`);
  if (!isFolder(root)) generate(root, source, options);
  return findBidsCases({ layout: 'bids', root, ...phantomFiles(channels), derivative: 'manual' });
}

function generate(root: string, source: PhantomSource, { onProgress }: Pick<FindOptions, 'onProgress'>): void {
  const temporary = `${root}.${process.pid}.tmp`;
  mkdirSync(temporary, { recursive: true });
  try {
    writePhantomDataset(temporary, source, (done, total) => onProgress?.({ stage: 'generate', done, total }));
    renameSync(temporary, root);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Another process may have been faster with the same data set.
    if (!isFolder(root)) throw error;
  }
}

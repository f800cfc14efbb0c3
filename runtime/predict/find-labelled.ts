import { join } from 'node:path';
import { imagePatterns } from '../../compiler/plan/image-patterns.ts';
import type { Plan } from '../../compiler/plan/schema.ts';
import { assertNever } from '../../dsl/assert-never.ts';
import { findBidsCases } from '../data/layouts/bids.ts';
import { findDecathlonCases } from '../data/layouts/decathlon.ts';
import { findCases } from '../data/layouts/find-cases.ts';
import { isFile, isFolder } from '../data/layouts/folders.ts';
import { phantomFiles } from '../data/layouts/phantom.ts';
import { splitCases } from '../data/split.ts';
import type { CaseFiles } from '../data/types.ts';
import { DataError } from '../errors.ts';
import type { PredictRequest } from './request.ts';

export interface LabelledCases {
  readonly root: string;
  readonly cases: readonly CaseFiles[];
}

type LabelledRequest = Exclude<PredictRequest['cases'], { kind: 'inputs' }>;

/**
 * The cases to evaluate on: a part of the data that the plan names, or every case of another data set.
 *
 * @throws DataError EXP4101 when there is no such data set or part, or a case has no label
 */
export function findLabelled(
  request: LabelledRequest,
  plan: Plan,
  where: { readonly baseDir: string; readonly cacheDir: string },
): LabelledCases {
  switch (request.kind) {
    case 'split': {
      const { root, cases } = findCases(plan.dataset, where);
      const { train, validation, test } = splitCases(cases, plan.dataset, plan.seed, root);
      const part = request.part ?? (test.length > 0 ? 'test' : 'validation');
      const chosen = { train, validation, test, all: [...train, ...validation, ...test] }[part];
      if (chosen.length > 0) return { root, cases: chosen };
      throw new DataError('EXP4101', root, `the split of ${root} has no ${part} subjects`, {
        help: 'choose another part with --split, or other data with --data',
      });
    }
    case 'dataset':
      return labelledDataset(request, plan);
    default:
      return assertNever(request);
  }
}

function labelledDataset(
  { root, image, label }: Extract<LabelledRequest, { kind: 'dataset' }>,
  { dataset: { source } }: Plan,
): LabelledCases {
  if (isFile(join(root, 'dataset.json'))) return { root, cases: findDecathlonCases(root).cases };
  if (isFile(join(root, 'dataset_description.json'))) {
    const own = bidsPatterns(source);
    const [imagePattern, labelPattern] = [image?.split(',') ?? own?.image, label ?? own?.label];
    if (imagePattern !== undefined && labelPattern !== undefined) {
      const patterns = { image: [...imagePattern], label: labelPattern };
      const found = findBidsCases({ layout: 'bids', root, ...patterns, derivative: null });
      return { root, cases: found.cases };
    }
    throw new DataError('EXP4101', root, `which files of ${root} are images and which are labels?`, {
      help: 'say it, for example `--image T1w --label dseg`',
    });
  }
  throw new DataError('EXP4101', root, isFolder(root) ? `${root} is no data set` : `there is no ${root}`, {
    help: 'a data set with labels has a dataset_description.json (BIDS) or a dataset.json (decathlon)',
  });
}

/** What the plan's own data set calls its images and labels, if it is in BIDS. */
export function bidsPatterns(
  source: Plan['dataset']['source'],
): { readonly image: readonly string[]; readonly label: string } | null {
  switch (source.layout) {
    case 'bids':
      return { image: imagePatterns(source.image), label: source.label };
    case 'phantom':
      return phantomFiles(source.channels);
    case 'decathlon':
      return null;
    default:
      return assertNever(source);
  }
}

import { join } from 'node:path';
import type { PlanDataSource } from '../../../compiler/plan/schema.ts';
import { DataError } from '../../errors.ts';
import { type BidsName, parseBidsName, parseBidsPattern } from './bids-name.ts';
import { filesIn, isFile, listing, requireFolder, subfolders } from './folders.ts';

/** What kind of data set a folder is, and what its images and labels are called, for those who name only the folder. */

/** Suffixes and entities of label files. @see BIDS, "Segmentations" */
const LABEL_SUFFIXES = ['dseg', 'mask', 'seg', 'label'];
const LABEL_ENTITIES = ['seg', 'label'];

/** Entities that tell files of one kind apart. */
const CASE_ENTITIES = new Set(['sub', 'ses', 'run']);

/** @throws DataError EXP4101 when the folder is neither layout, or nothing in it looks like a label */
export function detectSource(root: string): PlanDataSource {
  requireFolder(root, 'a decathlon or BIDS data set');
  if (isFile(join(root, 'dataset.json'))) return { layout: 'decathlon', root };
  if (isFile(join(root, 'dataset_description.json'))) return detectBids(root);
  throw new DataError(
    'EXP4101',
    root,
    `${root} is neither a decathlon data set (dataset.json) nor a BIDS data set (dataset_description.json); it holds ${listing([...subfolders(root), ...filesIn(root)])}`,
  );
}

function detectBids(root: string): PlanDataSource {
  const own = namesBelow(root).map((name) => ({ name, derivative: null }));
  const derived = subfolders(join(root, 'derivatives')).flatMap((derivative) =>
    namesBelow(join(root, 'derivatives', derivative)).map((name) => ({ name, derivative })),
  );
  const label = mostFrequent([...derived, ...own].filter(({ name }) => isLabel(name)));
  const images = own.filter(({ name }) => !isLabel(name));
  const image = mostFrequent(images);
  if (image === null || label === null) {
    const what = image === null ? 'images' : 'labels (suffix dseg or mask, or an entity seg or label)';
    throw new DataError('EXP4101', root, `found no ${what} in ${root}`, {
      help: 'name them with --image and --label, or check an .exp file that does',
    });
  }
  const channels = channelKinds(images, image);
  return { layout: 'bids', root, image: channels, label: label.pattern, derivative: label.derivative };
}

function isLabel({ entities, suffix }: BidsName): boolean {
  return LABEL_SUFFIXES.includes(suffix) || LABEL_ENTITIES.some((entity) => entities.has(entity));
}

function namesBelow(folder: string): BidsName[] {
  const subjects = subfolders(folder).filter((name) => name.startsWith('sub-'));
  const visit = (path: string, depth: number): BidsName[] => [
    ...filesIn(path).flatMap((file) => parseBidsName(file) ?? []),
    ...(depth < 3 ? subfolders(path).flatMap((child) => visit(join(path, child), depth + 1)) : []),
  ];
  return subjects.flatMap((subject) => visit(join(folder, subject), 0));
}

interface Kind {
  readonly pattern: string;
  readonly derivative: string | null;
}

/** Contrasts that are channels of one image where every subject has them. @see BIDS, "Anatomy imaging data" */
const CONTRASTS = ['T1w', 'T2w', 'FLAIR', 'PDw', 'T2starw'];

/** The commonest kind of image, and the other contrasts that are as common, in the order of `CONTRASTS`. */
function channelKinds(files: readonly Found[], image: Kind): string | string[] {
  const kinds = kindsOf(files).map((kind) => ({
    ...kind,
    order: CONTRASTS.indexOf(parseBidsPattern(kind.pattern).suffix),
  }));
  const count = kinds.find(({ pattern }) => pattern === image.pattern)?.count;
  const channels = kinds.filter((kind) => kind.count === count && kind.order >= 0).sort((a, b) => a.order - b.order);
  const isOne = channels.length < 2 || !channels.some(({ pattern }) => pattern === image.pattern);
  return isOne ? image.pattern : channels.map(({ pattern }) => pattern);
}

interface Found {
  readonly name: BidsName;
  readonly derivative: string | null;
}

/** The commonest kind of file; of equally common ones the first by name, so that every machine takes the same. */
function mostFrequent(files: readonly Found[]): Kind | null {
  return kindsOf(files)[0] ?? null;
}

/** The commonest first. */
function kindsOf(files: readonly Found[]): readonly (Kind & { readonly count: number })[] {
  const counts = new Map<string, Kind & { readonly count: number }>();
  for (const { name, derivative } of files) {
    const entities = [...name.entities]
      .filter(([key]) => !CASE_ENTITIES.has(key))
      .map(([key, value]) => `${key}-${value}`);
    const pattern = [...entities, name.suffix].join('_');
    const key = `${derivative ?? ''}/${pattern}`;
    counts.set(key, { pattern, derivative, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const sorted = [...counts].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1));
  return sorted.map(([, kind]) => kind);
}

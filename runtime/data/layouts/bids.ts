import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PlanDataSource } from '../../../compiler/plan/schema.ts';
import { DataError } from '../../errors.ts';
import type { CaseFiles } from '../types.ts';
import { agreesOn, type BidsName, closeness, matchesPattern, parseBidsName, parseBidsPattern } from './bids-name.ts';
import { filesIn, listing, readJson, requireFolder, subfolders } from './folders.ts';
import { type FoundDataset, requireComplete, type SearchedDataset, sortCases } from './found-dataset.ts';

type BidsSource = Extract<PlanDataSource, { layout: 'bids' }>;

interface BidsFile {
  readonly path: string;
  readonly name: BidsName;
}

/** Every NIfTI file of one subject: `sub-*` / [`ses-*` /] data type (`anat`, `dwi`, …). */
function subjectFiles(root: string, subject: string): BidsFile[] {
  const found: BidsFile[] = [];
  const visit = (folder: string, depth: number) => {
    for (const file of filesIn(folder)) {
      const name = parseBidsName(file);
      if (name !== null) found.push({ path: join(folder, file), name });
    }
    if (depth < 3) for (const child of subfolders(folder)) visit(join(folder, child), depth + 1);
  };
  visit(join(root, subject), 0);
  return found;
}

function subjectsOf(root: string): string[] {
  return subfolders(root).filter((name) => name.startsWith('sub-'));
}

/** Where labels may stand: the named derivative, all derivatives, and last the data set itself. */
function labelRoots({ root, derivative }: BidsSource): string[] {
  const derivatives = join(root, 'derivatives');
  if (derivative !== null) {
    const folder = join(derivatives, derivative);
    if (!existsSync(folder)) {
      throw new DataError(
        'EXP4101',
        folder,
        `no labels at ${folder}: derivatives/ of ${root} holds ${listing(subfolders(derivatives))}`,
      );
    }
    return [folder];
  }
  return [...subfolders(derivatives).map((name) => join(derivatives, name)), root];
}

/**
 * The label that belongs to an image: matches the pattern, contradicts none of the image's entities, and shares the most
 * of them. The entities that the pattern fixes may differ (`desc-preproc` image, `desc-manual` label).
 */
function labelFor(image: BidsFile, labels: readonly BidsFile[], pattern: BidsName): BidsFile | 'ambiguous' | null {
  const free = new Set([...pattern.entities.keys(), 'space', 'desc', 'label', 'seg', 'res', 'den']);
  const fitting = labels.filter((label) => label.path !== image.path && agreesOn(label.name, image.name, free));
  const shared = fitting.map((label) => closeness(label.name, image.name));
  const most = Math.max(...shared);
  const best = fitting.filter((_, i) => shared[i] === most);
  return best.length > 1 ? 'ambiguous' : (best[0] ?? null);
}

/** `sub-003`, and the entities that tell several images of a subject apart: `sub-003_ses-01_run-2`. */
function caseId(subject: string, image: BidsFile, several: boolean): string {
  if (!several) return subject;
  return basename(image.path)
    .replace(/\.nii(\.gz)?$/, '')
    .replace(/_[^_-]+$/, '');
}

/**
 * Finds the images and labels of a BIDS data set.
 *
 * @throws DataError EXP4101 when there is no such data set, no image, or a subject without label
 */
export function findBidsCases(source: BidsSource): FoundDataset {
  return requireComplete(searchBidsCases(source));
}

/** As `findBidsCases`, but images without a label are listed instead of thrown. */
export function searchBidsCases(source: BidsSource): SearchedDataset {
  const { root, image, label } = source;
  requireFolder(root, 'a BIDS data set (dataset_description.json and sub-* folders)');
  const description = join(root, 'dataset_description.json');
  if (!existsSync(description)) {
    throw new DataError(
      'EXP4101',
      root,
      `${root} is no BIDS data set: it has no dataset_description.json; it holds ${listing([...subfolders(root), ...filesIn(root)])}`,
    );
  }
  const [imagePattern, labelPattern] = [parseBidsPattern(image), parseBidsPattern(label)];
  const roots = labelRoots(source);
  const missing: DataError[] = [];
  const seen = new Set<string>();
  const used = new Set<string>();
  const cases = subjectsOf(root).flatMap((subject) => {
    const images = subjectFiles(root, subject).filter((file) => matchesPattern(file.name, imagePattern));
    const labels = roots
      .flatMap((folder) => subjectFiles(folder, subject))
      .filter((file) => matchesPattern(file.name, labelPattern));
    for (const label of labels) seen.add(label.path);
    return images.flatMap((file): CaseFiles[] => {
      const found = labelFor(file, labels, labelPattern);
      if (found === null || found === 'ambiguous') {
        missing.push(noLabel(file, source, labels, roots, found === 'ambiguous'));
        return [];
      }
      used.add(found.path);
      return [{ id: caseId(subject, file, images.length > 1), subject, image: file.path, label: found.path }];
    });
  });
  if (cases.length === 0 && missing.length === 0) throw noImages(source);
  const unused = [...seen].filter((path) => !used.has(path));
  return { name: nameOf(description, root), root, cases: sortCases(cases), missing, unused };
}

/**
 * Images of a BIDS data set, labelled or not.
 *
 * @param pattern null where the data set has one kind of image
 * @throws DataError EXP4101 when there is none, or the kind is not clear
 */
export function imagesOfBids(root: string, pattern: string | null): readonly string[] {
  const all = subjectsOf(root).flatMap((subject) => subjectFiles(root, subject));
  const suffixes = [...new Set(all.map((file) => file.name.suffix))].sort();
  if (pattern === null && suffixes.length > 1) {
    throw new DataError('EXP4101', root, `${root} has several kinds of image: ${listing(suffixes)}`, {
      help: 'say which with --image, for example `--image T1w`',
    });
  }
  const wanted = parseBidsPattern(pattern ?? '');
  const images = all.filter((file) => matchesPattern(file.name, wanted)).map((file) => file.path);
  if (images.length === 0) throw noImages({ root, image: pattern ?? '' });
  return images;
}

function nameOf(description: string, root: string): string {
  const content = readJson(description);
  const name = typeof content === 'object' && content !== null && 'Name' in content ? content.Name : null;
  return typeof name === 'string' && name !== '' ? name : basename(root);
}

function noLabel(
  image: BidsFile,
  source: BidsSource,
  labels: readonly BidsFile[],
  roots: readonly string[],
  ambiguous: boolean,
): DataError {
  const wanted = `a label *_${source.label}.nii.gz`;
  if (ambiguous) {
    return new DataError(
      'EXP4101',
      image.path,
      `several labels fit ${image.path}: ${listing(labels.map((file) => file.path))}`,
      {
        help: 'name one kind in dataset.label, or the folder below derivatives/ in dataset.derivative',
      },
    );
  }
  const subject = `sub-${image.name.entities.get('sub') ?? ''}`;
  const others = roots.flatMap((folder) => subjectFiles(folder, subject)).filter((file) => file.path !== image.path);
  return new DataError(
    'EXP4101',
    image.path,
    `no label for ${image.path}: looked for ${wanted} below ${listing(roots)}; for ${subject} found ${listing(others.map((file) => basename(file.path)))}`,
    { help: 'name the entities and suffix of the label files in dataset.label, such as desc-manual_dseg' },
  );
}

function noImages({ root, image }: Pick<BidsSource, 'root' | 'image'>): DataError {
  const subjects = subjectsOf(root);
  const first = subjects[0];
  const found =
    first === undefined
      ? `no sub-* folders, but ${listing(subfolders(root))}`
      : `for ${first}: ${listing(subjectFiles(root, first).map((file) => basename(file.path)))}`;
  return new DataError(
    'EXP4101',
    root,
    `no images in ${root}: looked for sub-*/[ses-*/]anat/*_${image}.nii.gz; found ${found}`,
  );
}

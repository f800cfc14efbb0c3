import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { imagePatterns } from '../../../compiler/plan/image-patterns.ts';
import type { PlanDataSource } from '../../../compiler/plan/schema.ts';
import { DataError } from '../../errors.ts';
import type { CaseFiles, ImageFiles } from '../types.ts';
import { agreesOn, type BidsName, closeness, matchesPattern, parseBidsName, parseBidsPattern } from './bids-name.ts';
import { filesIn, listing, readJson, requireFolder, subfolders } from './folders.ts';
import {
  excludeLine,
  type FoundDataset,
  type MissingCase,
  requireUsable,
  type SearchedDataset,
  sortCases,
} from './found-dataset.ts';

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

/**
 * The file of another channel of an image: matches the channel's pattern and contradicts none of the image's entities but
 * those that either pattern is about; of several, the one that shares the most.
 *
 * @returns an error where there is none, or several are as near
 */
function channelFor(
  image: BidsFile,
  files: readonly BidsFile[],
  pattern: BidsName,
  written: string,
): string | DataError {
  const free = new Set([...pattern.entities.keys(), ...FREE_OF_CHANNELS]);
  const fitting = files.filter(
    (file) => file.path !== image.path && matchesPattern(file.name, pattern) && agreesOn(file.name, image.name, free),
  );
  const shared = fitting.map((file) => closeness(file.name, image.name));
  const best = fitting.filter((_, i) => shared[i] === Math.max(...shared));
  const [found] = best;
  if (found !== undefined && best.length === 1) return found.path;
  const others = files.map((file) => basename(file.path)).filter((name) => name !== basename(image.path));
  return new DataError(
    'EXP4101',
    image.path,
    found === undefined
      ? `no channel *_${written}.nii.gz beside ${image.path}; found ${listing(others)}`
      : `several files fit the channel ${written} of ${image.path}: ${listing(best.map((file) => basename(file.path)))}`,
    { help: 'name one kind of file a channel in dataset.image, such as `image: ["T1w", "FLAIR"]`' },
  );
}

/** Of contrasts that were taken one after the other: how, and what was done to them. */
const FREE_OF_CHANNELS = ['acq', 'ce', 'rec', 'echo', 'inv', 'desc', 'space', 'res'];

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
 * @throws DataError EXP4101 when there is no such data set, no image, or none with a label
 */
export function findBidsCases(source: BidsSource): FoundDataset {
  return requireUsable(searchBidsCases(source));
}

/** As `findBidsCases`, but images without a label are listed instead of thrown. */
export function searchBidsCases(source: BidsSource): SearchedDataset {
  const { root, label } = source;
  const [image, ...further] = imagePatterns(source.image);
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
  const furtherPatterns = further.map(parseBidsPattern);
  const roots = labelRoots(source);
  const missing: MissingCase[] = [];
  const seen = new Set<string>();
  const used = new Set<string>();
  const cases = subjectsOf(root).flatMap((subject) => {
    const files = subjectFiles(root, subject);
    const images = files.filter((file) => matchesPattern(file.name, imagePattern));
    const labels = roots
      .flatMap((folder) => subjectFiles(folder, subject))
      .filter((file) => matchesPattern(file.name, labelPattern));
    for (const label of labels) seen.add(label.path);
    return images.flatMap((file): CaseFiles[] => {
      const id = caseId(subject, file, images.length > 1);
      const found = labelFor(file, labels, labelPattern);
      if (found === null || found === 'ambiguous') {
        const error = found === null ? noLabel(file, source, roots) : severalLabels(file, id, labels);
        missing.push({ id, subject, isUnlabelled: found === null, error });
        return [];
      }
      used.add(found.path);
      const channels = furtherPatterns.map((pattern, index) => channelFor(file, files, pattern, further[index] ?? ''));
      const absent = channels.find((channel) => channel instanceof DataError);
      if (absent !== undefined) {
        missing.push({ id, subject, isUnlabelled: false, error: absent });
        return [];
      }
      const furtherChannels = channels.filter((channel) => typeof channel === 'string');
      return [{ id, subject, image: file.path, furtherChannels, label: found.path }];
    });
  });
  if (cases.length === 0 && missing.length === 0) throw noImages({ root, image });
  const unused = [...seen].filter((path) => !used.has(path));
  return { name: nameOf(description, root), root, cases: sortCases(cases), missing, unused };
}

/**
 * Images of a BIDS data set, labelled or not.
 *
 * @param patterns one a channel; null where the data set has one kind of image
 * @throws DataError EXP4101 when there is none, the kind is not clear, or one lacks a channel
 */
export function imagesOfBids(root: string, patterns: readonly string[] | null): readonly ImageFiles[] {
  const [pattern = null, ...further] = patterns ?? [];
  const all = subjectsOf(root).flatMap((subject) => subjectFiles(root, subject));
  const suffixes = [...new Set(all.map((file) => file.name.suffix))].sort();
  if (pattern === null && suffixes.length > 1) {
    throw new DataError('EXP4101', root, `${root} has several kinds of image: ${listing(suffixes)}`, {
      help: 'say which with --image, for example `--image T1w`',
    });
  }
  const wanted = parseBidsPattern(pattern ?? '');
  const images = all.filter((file) => matchesPattern(file.name, wanted));
  if (images.length === 0) throw noImages({ root, image: pattern ?? '' });
  return images.map((image) => {
    const subject = image.name.entities.get('sub');
    const own = all.filter((file) => file.name.entities.get('sub') === subject);
    const furtherChannels = further.map((written) => {
      const channel = channelFor(image, own, parseBidsPattern(written), written);
      if (channel instanceof DataError) throw channel;
      return channel;
    });
    return { image: image.path, furtherChannels };
  });
}

/**
 * The files of the further channels of an image by itself, from the folder that it lies in.
 *
 * @param patterns one a channel
 * @returns null where the image is not one of the first channel's: it may hold all channels itself
 * @throws DataError EXP4101 where a channel is not there
 */
export function channelsBeside(image: string, patterns: readonly string[]): readonly string[] | null {
  const [first = '', ...further] = patterns;
  const name = parseBidsName(basename(image));
  if (name === null || !matchesPattern(name, parseBidsPattern(first))) return null;
  const files = filesIn(dirname(image)).flatMap((file): BidsFile[] => {
    const parsed = parseBidsName(file);
    return parsed === null ? [] : [{ path: join(dirname(image), file), name: parsed }];
  });
  return further.map((written) => {
    const channel = channelFor({ path: image, name }, files, parseBidsPattern(written), written);
    if (channel instanceof DataError) throw channel;
    return channel;
  });
}

function nameOf(description: string, root: string): string {
  const content = readJson(description);
  const name = typeof content === 'object' && content !== null && 'Name' in content ? content.Name : null;
  return typeof name === 'string' && name !== '' ? name : basename(root);
}

function severalLabels(image: BidsFile, id: string, labels: readonly BidsFile[]): DataError {
  return new DataError(
    'EXP4101',
    image.path,
    `several labels fit ${image.path}: ${listing(labels.map((file) => file.path))}`,
    {
      help: `name one kind in dataset.label, or the folder below derivatives/ in dataset.derivative, or leave it out: ${excludeLine([id])}`,
    },
  );
}

function noLabel(image: BidsFile, source: BidsSource, roots: readonly string[]): DataError {
  const wanted = `a label *_${source.label}.nii.gz`;
  const subject = `sub-${image.name.entities.get('sub') ?? ''}`;
  const others = roots.flatMap((folder) => subjectFiles(folder, subject)).filter((file) => file.path !== image.path);
  return new DataError(
    'EXP4101',
    image.path,
    `no label for ${image.path}: looked for ${wanted} below ${listing(roots)}; for ${subject} found ${listing(others.map((file) => basename(file.path)))}`,
    { help: 'name the entities and suffix of the label files in dataset.label, such as desc-manual_dseg' },
  );
}

function noImages({ root, image }: { readonly root: string; readonly image: string }): DataError {
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

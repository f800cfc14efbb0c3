import { basename, dirname, join, resolve, sep } from 'node:path';
import { channelsBeside, imagesOfBids } from '../data/layouts/bids.ts';
import { filesIn, isFile, isFolder, listing, subfolders } from '../data/layouts/folders.ts';
import { DataError } from '../errors.ts';

/** An image to be segmented. */
export interface ImageCase {
  /** `sub-01_ses-2` of a BIDS name, the file's name without its ending of others. */
  readonly id: string;
  readonly image: string;
  /** Files of the channels after those of `image`. */
  readonly furtherChannels: readonly string[];
  /** The data set or the folder that it belongs to. */
  readonly source: string;
}

const VOLUME = /\.(nii|hdr|img)(\.gz)?$/i;

/**
 * The images that a command line names: NIfTI files, folders of them, BIDS data sets.
 *
 * @param patterns entities and suffix of a BIDS data set's images, such as `T1w`, one a channel; null takes whatever there is
 * one kind of
 * @throws DataError EXP4101 for a path that is not there, holds no image, or two images that would get one name
 */
export function findImages(paths: readonly string[], patterns: readonly string[] | null): readonly ImageCase[] {
  const found = paths.flatMap((path) => imagesAt(path, patterns));
  const byId = new Map<string, ImageCase>();
  for (const image of found) {
    const other = byId.get(image.id);
    if (other !== undefined && other.image !== image.image) {
      throw new DataError(
        'EXP4101',
        image.image,
        `${other.image} and ${image.image} would both be called ${image.id}`,
        {
          help: 'predict them one after the other into folders of their own, or with --beside',
        },
      );
    }
    byId.set(image.id, image);
  }
  return [...byId.values()];
}

function imagesAt(path: string, patterns: readonly string[] | null): readonly ImageCase[] {
  if (isFile(path)) {
    if (VOLUME.test(path)) return [imageAt(path, dirname(path), patterns) ?? alone(path, dirname(path))];
    throw new DataError('EXP4101', path, `${path} is no volume`, {
      help: 'images are .nii, .nii.gz or .hdr with .img',
    });
  }
  if (!isFolder(path)) throw new DataError('EXP4101', path, `there is no ${path}`, { help: 'check the path' });
  if (isFile(join(path, 'dataset_description.json'))) {
    return imagesOfBids(path, patterns).map((files) => ({ ...files, id: idOf(files.image), source: path }));
  }
  const files = filesIn(path).filter(
    (name) => VOLUME.test(name) && !/\.img(\.gz)?$/i.test(name) && !name.startsWith('.'),
  );
  if (files.length > 0) {
    const images = files.map((name) => join(path, name));
    const first = images.flatMap((image) => imageAt(image, path, patterns) ?? []);
    return first.length > 0 ? first : images.map((image) => alone(image, path));
  }
  const ofSubject = imagesOfSubject(path, patterns);
  if (ofSubject.length > 0) return ofSubject;
  const there = listing([...subfolders(path), ...filesIn(path)]);
  throw new DataError('EXP4101', path, `no image in ${path}: it holds ${there}`, {
    help: 'name a folder of .nii.gz files, or a BIDS data set (with its dataset_description.json)',
  });
}

/** Of the folder of a subject, or of one of its sessions, in a BIDS data set: what lies in its `anat`. */
function imagesOfSubject(path: string, patterns: readonly string[] | null): readonly ImageCase[] {
  const folder = resolve(path);
  const parts = folder.split(sep);
  const subject = parts.findLastIndex((part) => part.startsWith('sub-'));
  if (subject < 0) return [];
  const root = parts.slice(0, subject).join(sep);
  if (!isFile(join(root, 'dataset_description.json'))) return [];
  return imagesOfBids(root, patterns)
    .filter(({ image }) => image.startsWith(`${folder}${sep}`))
    .map((files) => ({ ...files, id: idOf(files.image), source: root }));
}

/** An image of several files, one a channel; null for one that is no file of the first channel. */
function imageAt(image: string, source: string, patterns: readonly string[] | null): ImageCase | null {
  if (patterns === null || patterns.length < 2) return null;
  const furtherChannels = channelsBeside(image, patterns);
  return furtherChannels === null ? null : { id: idOf(image), image, furtherChannels, source };
}

/** One file with all of the image's channels. */
function alone(image: string, source: string): ImageCase {
  return { id: idOf(image), image, furtherChannels: [], source };
}

/** Without the ending, and without the suffix (`T1w`) of a BIDS name. */
function idOf(path: string): string {
  const stem = basename(path).replace(VOLUME, '');
  return /^sub-[a-zA-Z0-9]+_/.test(stem) ? stem.replace(/_[^_-]+$/, '') : stem;
}

import { basename, dirname, join } from 'node:path';
import { imagesOfBids } from '../data/layouts/bids.ts';
import { filesIn, isFile, isFolder, listing, subfolders } from '../data/layouts/folders.ts';
import { DataError } from '../errors.ts';

/** An image to be segmented. */
export interface ImageCase {
  /** `sub-01_ses-2` of a BIDS name, the file's name without its ending of others. */
  readonly id: string;
  readonly image: string;
  /** The data set or the folder that it belongs to. */
  readonly source: string;
}

const VOLUME = /\.(nii|hdr|img)(\.gz)?$/i;

/**
 * The images that a command line names: NIfTI files, folders of them, BIDS data sets.
 *
 * @param pattern entities and suffix of a BIDS data set's images, such as `T1w`; null takes whatever there is one kind of
 * @throws DataError EXP4101 for a path that is not there, holds no image, or two images that would get one name
 */
export function findImages(paths: readonly string[], pattern: string | null): readonly ImageCase[] {
  const found = paths.flatMap((path) => imagesAt(path, pattern));
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

function imagesAt(path: string, pattern: string | null): readonly ImageCase[] {
  if (isFile(path)) {
    if (VOLUME.test(path)) return [{ id: idOf(path), image: path, source: dirname(path) }];
    throw new DataError('EXP4101', path, `${path} is no volume`, {
      help: 'images are .nii, .nii.gz or .hdr with .img',
    });
  }
  if (!isFolder(path)) throw new DataError('EXP4101', path, `there is no ${path}`, { help: 'check the path' });
  if (isFile(join(path, 'dataset_description.json'))) {
    return imagesOfBids(path, pattern).map((image) => ({ id: idOf(image), image, source: path }));
  }
  const files = filesIn(path).filter(
    (name) => VOLUME.test(name) && !/\.img(\.gz)?$/i.test(name) && !name.startsWith('.'),
  );
  if (files.length > 0) return files.map((name) => ({ id: idOf(name), image: join(path, name), source: path }));
  const there = listing([...subfolders(path), ...filesIn(path)]);
  throw new DataError('EXP4101', path, `no image in ${path}: it holds ${there}`, {
    help: 'name a folder of .nii.gz files, or a BIDS data set (with its dataset_description.json)',
  });
}

/** Without the ending, and without the suffix (`T1w`) of a BIDS name. */
function idOf(path: string): string {
  const stem = basename(path).replace(VOLUME, '');
  return /^sub-[a-zA-Z0-9]+_/.test(stem) ? stem.replace(/_[^_-]+$/, '') : stem;
}

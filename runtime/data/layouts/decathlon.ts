import { basename, join } from 'node:path';
import * as z from 'zod';
import { DataError } from '../../errors.ts';
import { filesIn, isFile, listing, readJson, requireFolder, subfolders } from './folders.ts';
import {
  excludeLine,
  type FoundDataset,
  type MissingCase,
  requireUsable,
  type SearchedDataset,
  sortCases,
} from './found-dataset.ts';

/** What is used of the Medical Segmentation Decathlon's `dataset.json`. @see arXiv:1902.09063 */
const decathlonSchema = z.object({
  name: z.string().optional(),
  training: z.array(z.object({ image: z.string(), label: z.string() })).min(1),
});

/**
 * Finds the labelled cases that `dataset.json` lists; each file is a subject.
 *
 * @throws DataError EXP4101 when the folder, its dataset.json or a listed file is missing
 */
export function findDecathlonCases(root: string): FoundDataset {
  return requireUsable(searchDecathlonCases(root));
}

/** As `findDecathlonCases`, but files that are not there are listed instead of thrown. */
export function searchDecathlonCases(root: string): SearchedDataset {
  requireFolder(root, 'a decathlon data set (dataset.json, imagesTr, labelsTr)');
  const manifest = join(root, 'dataset.json');
  if (!isFile(manifest)) {
    throw new DataError(
      'EXP4101',
      root,
      `${root} is no decathlon data set: it has no dataset.json; it holds ${listing([...subfolders(root), ...filesIn(root)])}`,
    );
  }
  const parsed = decathlonSchema.safeParse(readJson(manifest));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new DataError(
      'EXP4101',
      manifest,
      `${manifest}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as the decathlon defines it'}`,
    );
  }
  const missing: MissingCase[] = [];
  const cases = parsed.data.training.flatMap((entry) => {
    const [image, label] = [join(root, entry.image), join(root, entry.label)];
    const absent = [image, label].filter((path) => !isFile(path));
    const id = basename(image).replace(/\.nii(\.gz)?$/, '');
    for (const path of absent) {
      // A list that names a label which is not there is a damaged copy, not a case that nobody has segmented yet.
      const error = new DataError('EXP4101', path, `no file ${path}, which ${manifest} lists`, {
        help: `put it there, or leave the case out: ${excludeLine([id])}`,
      });
      missing.push({ id, subject: id, isUnlabelled: false, error });
    }
    if (absent.length > 0) return [];
    return [{ id, subject: id, image, furtherChannels: [], label }];
  });
  const used = new Set(cases.map((files) => files.label));
  const unused = filesIn(join(root, 'labelsTr'))
    .filter((name) => /^[^.].*\.nii(\.gz)?$/.test(name))
    .map((name) => join(root, 'labelsTr', name))
    .filter((path) => !used.has(path));
  return { name: parsed.data.name ?? basename(root), root, cases: sortCases(cases), missing, unused };
}

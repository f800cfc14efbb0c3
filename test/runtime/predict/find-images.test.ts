import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findImages } from '../../../runtime/predict/find-images.ts';
import { temporaryFolder } from '../../helpers/cli.ts';

const FILES = [
  'sub-003/anat/sub-003_T1w.nii.gz',
  'sub-004/anat/sub-004_T1w.nii.gz',
  'sub-004/anat/sub-004_FLAIR.nii.gz',
  'sub-005/ses-1/anat/sub-005_ses-1_T1w.nii.gz',
  'sub-005/ses-2/anat/sub-005_ses-2_T1w.nii.gz',
];
const root = temporaryFolder({ 'dataset_description.json': '{}' });
for (const file of FILES) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), '');
}
const found = (path: string) => findImages([join(root, path)], ['T1w']).map(({ id }) => id);

describe('the folder of a subject of a BIDS data set', () => {
  it.each([
    ['sub-004', ['sub-004']],
    ['sub-005', ['sub-005_ses-1', 'sub-005_ses-2']],
    ['sub-005/ses-2', ['sub-005_ses-2']],
  ])('%s has the images of its anat', (path, ids) => {
    expect(found(path)).toEqual(ids);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { classNames } from '../../../runtime/data/class-names.ts';
import { openDerivative } from '../../../runtime/data/predictions.ts';
import { sharedData } from '../../helpers/python.ts';
import { temporaryFolder } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const open = (outDir: string) =>
  openDerivative({
    outDir,
    name: 'My net, v2',
    classes: ['background', 'anterior', 'posterior horn'],
    sources: ['/data/set one'],
  });

describe('predictions as a BIDS derivative', () => {
  it.each([
    ['sub-01', ['sub-01', 'anat', 'sub-01_seg-Mynetv2_dseg.nii.gz']],
    ['sub-01_ses-2_run-1', ['sub-01', 'ses-2', 'anat', 'sub-01_ses-2_run-1_seg-Mynetv2_dseg.nii.gz']],
    ['hippocampus_015', ['sub-hippocampus015', 'anat', 'sub-hippocampus015_seg-Mynetv2_dseg.nii.gz']],
  ])('of %s go to %j', (id, parts) => {
    expect(open(folder.path).labels(id)).toBe(join(folder.path, ...parts));
  });

  it('have a file for the probabilities of each class, and a picture', () => {
    const derivative = open(folder.path);
    const stem = join(folder.path, 'sub-01', 'anat', 'sub-01_seg-Mynetv2');
    expect(derivative.probabilities('sub-01', 2)).toBe(`${stem}_label-posteriorhorn_probseg.nii.gz`);
    expect(derivative.overview('sub-01')).toBe(join(folder.path, 'figures', 'sub-01_seg-Mynetv2_dseg.png'));
  });

  it('say what made them, of which data, and what each label means', () => {
    open(folder.path);
    expect(JSON.parse(readFileSync(join(folder.path, 'dataset_description.json'), 'utf8'))).toMatchObject({
      DatasetType: 'derivative',
      GeneratedBy: [{ Name: 'voxel-exp' }],
      SourceDatasets: [{ URL: 'file:///data/set%20one' }],
    });
    expect(readFileSync(join(folder.path, 'dseg.tsv'), 'utf8')).toBe(
      'index\tname\n0\tbackground\n1\tanterior\n2\tposterior horn\n',
    );
  });
});

describe('names of classes', () => {
  it.skipIf(sharedData === null)('are those of the data set (skipped: no ../shared/data)', () => {
    const root = join(sharedData ?? '', 'msd-hippocampus');
    expect(classNames(root, { foreground: null }, 3)).toEqual(['background', 'anterior', 'posterior']);
  });

  it('are those of the derivative that was written before', () => {
    open(join(folder.path, 'derivatives', 'one'));
    expect(classNames(folder.path, { foreground: null }, 3)).toEqual(['background', 'anterior', 'posterior horn']);
  });

  it('are numbers where nobody says, and the merged foreground has no other', () => {
    expect(classNames(null, { foreground: null }, 3)).toEqual(['background', 'class 1', 'class 2']);
    expect(classNames(folder.path, { foreground: [1, 2] }, 2)).toEqual(['background', 'foreground']);
  });
});

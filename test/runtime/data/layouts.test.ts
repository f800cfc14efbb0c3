import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PlanDataSource } from '../../../compiler/plan/schema.ts';
import { findCases } from '../../../runtime/data/layouts/find-cases.ts';
import { describeUnlabelled } from '../../../runtime/data/layouts/found-dataset.ts';
import { sharedData } from '../../helpers/python.ts';
import { dataErrorOf, temporaryFolder } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

let sets = 0;
/** A data set of empty files: finding reads names only. */
function dataset(files: readonly string[], contents: Readonly<Record<string, string>> = {}): string {
  const root = join(folder.path, `set-${sets++}`);
  for (const path of [...files, ...Object.keys(contents)]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents[path] ?? '');
  }
  mkdirSync(root, { recursive: true });
  return root;
}

const description = { 'dataset_description.json': '{ "Name": "Organ", "BIDSVersion": "1.9.0" }' };
const options = { baseDir: folder.path, cacheDir: folder.path };

function bids(
  root: string,
  changes: Partial<Extract<PlanDataSource, { layout: 'bids' }>> = {},
  exclude: readonly string[] = [],
) {
  const { cases, ...rest } = findCases(
    {
      source: { layout: 'bids', root, image: 'T1w', label: 'desc-manual_dseg', derivative: null, ...changes },
      exclude: [...exclude],
    },
    options,
  );
  return {
    ...rest,
    cases: cases.map((files) => ({ ...files, image: relative(root, files.image), label: relative(root, files.label) })),
  };
}

describe('a BIDS data set', () => {
  it('gives one case a subject, in order, with the label of any derivative', () => {
    const root = dataset(
      [
        'sub-02/anat/sub-02_T1w.nii.gz',
        'sub-01/anat/sub-01_T1w.nii',
        'sub-01/anat/sub-01_T2w.nii.gz',
        'derivatives/x/sub-01/anat/sub-01_desc-manual_dseg.nii.gz',
        'derivatives/x/sub-02/anat/sub-02_desc-manual_dseg.nii.gz',
      ],
      description,
    );
    const { name, cases } = bids(root);
    expect(name).toBe('Organ');
    expect(cases).toEqual([
      {
        id: 'sub-01',
        subject: 'sub-01',
        image: 'sub-01/anat/sub-01_T1w.nii',
        furtherChannels: [],
        label: 'derivatives/x/sub-01/anat/sub-01_desc-manual_dseg.nii.gz',
      },
      {
        id: 'sub-02',
        subject: 'sub-02',
        image: 'sub-02/anat/sub-02_T1w.nii.gz',
        furtherChannels: [],
        label: 'derivatives/x/sub-02/anat/sub-02_desc-manual_dseg.nii.gz',
      },
    ]);
  });

  it('with sessions and runs names its cases by them, and matches each label to its own', () => {
    const root = dataset(
      [1, 2].flatMap((session) => [
        `sub-01/ses-${session}/anat/sub-01_ses-${session}_acq-iso_run-1_T1w.nii.gz`,
        `derivatives/manual/sub-01/ses-${session}/anat/sub-01_ses-${session}_acq-iso_run-1_space-T1w_desc-manual_dseg.nii.gz`,
      ]),
      description,
    );
    const { cases } = bids(root);
    expect(cases.map(({ id, subject }) => ({ id, subject }))).toEqual([
      { id: 'sub-01_ses-1_acq-iso_run-1', subject: 'sub-01' },
      { id: 'sub-01_ses-2_acq-iso_run-1', subject: 'sub-01' },
    ]);
    expect(cases.map(({ label }) => /ses-(\d)/.exec(label)?.[1])).toEqual(['1', '2']);
  });

  it('may want an image by its entities, and a label by any suffix', () => {
    const root = dataset(
      [
        'sub-01/anat/sub-01_T1w.nii.gz',
        'sub-01/anat/sub-01_desc-preproc_T1w.nii.gz',
        'derivatives/lesions/sub-01/anat/sub-01_label-lesion_mask.nii.gz',
        'derivatives/lesions/sub-01/anat/sub-01_label-GM_mask.nii.gz',
      ],
      description,
    );
    const { cases } = bids(root, { image: 'desc-preproc_T1w', label: 'label-lesion_mask' });
    expect(cases).toEqual([
      {
        id: 'sub-01',
        subject: 'sub-01',
        image: 'sub-01/anat/sub-01_desc-preproc_T1w.nii.gz',
        furtherChannels: [],
        label: 'derivatives/lesions/sub-01/anat/sub-01_label-lesion_mask.nii.gz',
      },
    ]);
  });

  it('has each channel in a file of its own: that of the same session, whatever its acquisition is called', () => {
    const root = dataset(
      ['1', '2'].flatMap((session) => [
        `sub-01/ses-${session}/anat/sub-01_ses-${session}_acq-mprage_T1w.nii.gz`,
        `sub-01/ses-${session}/anat/sub-01_ses-${session}_acq-space_FLAIR.nii.gz`,
        `derivatives/x/sub-01/ses-${session}/anat/sub-01_ses-${session}_desc-manual_dseg.nii.gz`,
      ]),
      description,
    );
    const { cases } = bids(root, { image: ['T1w', 'FLAIR'] });
    expect(cases.map(({ furtherChannels }) => furtherChannels.map((path) => relative(root, path)))).toEqual([
      ['sub-01/ses-1/anat/sub-01_ses-1_acq-space_FLAIR.nii.gz'],
      ['sub-01/ses-2/anat/sub-01_ses-2_acq-space_FLAIR.nii.gz'],
    ]);
  });

  it('takes no channel of which several files may be meant', () => {
    const channels = ['a', 'b'].map((acquisition) => `sub-01/anat/sub-01_acq-${acquisition}_FLAIR.nii.gz`);
    const label = 'derivatives/x/sub-01/anat/sub-01_desc-manual_dseg.nii.gz';
    const root = dataset([...channels, 'sub-01/anat/sub-01_T1w.nii.gz', label], description);
    expect(dataErrorOf(() => bids(root, { image: ['T1w', 'FLAIR'] })).message).toMatch(
      /several files fit the channel FLAIR of .*T1w\.nii\.gz: sub-01_acq-a_FLAIR\.nii\.gz, sub-01_acq-b_FLAIR\.nii\.gz/,
    );
    expect(bids(root, { image: ['T1w', 'acq-b_FLAIR'] }).cases[0]?.furtherChannels).toEqual([
      join(root, channels[1] ?? ''),
    ]);
  });

  it('may append to the image name, as spinal cord sets do', () => {
    const appended = (contrast: string) => `derivatives/labels/sub-01/anat/sub-01_${contrast}_seg-manual.nii.gz`;
    const root = dataset(
      ['sub-01/anat/sub-01_T1w.nii.gz', 'sub-01/anat/sub-01_T2w.nii.gz', appended('T1w'), appended('T2w')],
      description,
    );
    expect(bids(root, { image: 'T2w', label: 'seg-manual' }).cases[0]?.label).toBe(appended('T2w'));
  });

  const twoRaters = () =>
    dataset(
      ['a', 'b']
        .map((rater) => `derivatives/${rater}/sub-01/anat/sub-01_desc-manual_dseg.nii.gz`)
        .concat('sub-01/anat/sub-01_T1w.nii.gz'),
      description,
    );

  it('takes labels of the named derivative only', () => {
    expect(bids(twoRaters(), { derivative: 'b' }).cases[0]?.label).toMatch(/derivatives\/b/);
  });

  it('with two labels that fit equally says so', () => {
    expect(dataErrorOf(() => bids(twoRaters())).message).toMatch(/several labels fit .*sub-01_T1w/);
  });

  const threeOfFour = () =>
    dataset(
      [1, 2, 3, 4].flatMap((n) => [
        `sub-0${n}/anat/sub-0${n}_T1w.nii.gz`,
        ...(n === 3 ? [] : [`derivatives/manual/sub-0${n}/anat/sub-0${n}_desc-manual_dseg.nii.gz`]),
      ]),
      description,
    );

  it('leaves out a subject without a label, as long as others have one, and tells of it', () => {
    const { cases, unlabelled } = bids(threeOfFour());
    expect(cases.map(({ id }) => id)).toEqual(['sub-01', 'sub-02', 'sub-04']);
    expect(unlabelled).toEqual(['sub-03']);
    expect(describeUnlabelled(unlabelled)).toBe(
      '1 image has no label and is left out: sub-03; `exclude: ["sub-03"]` in the dataset says that this is meant',
    );
  });

  it('says nothing of what is excluded', () => {
    const { cases, unlabelled } = bids(threeOfFour(), {}, ['sub-03', 'sub-01']);
    expect(cases.map(({ id }) => id)).toEqual(['sub-02', 'sub-04']);
    expect(describeUnlabelled(unlabelled)).toBeNull();
  });

  it('excludes one session of a subject by the name of its image', () => {
    const files = [1, 2].flatMap((session) => [
      `sub-01/ses-${session}/anat/sub-01_ses-${session}_T1w.nii.gz`,
      `derivatives/m/sub-01/ses-${session}/anat/sub-01_ses-${session}_desc-manual_dseg.nii.gz`,
    ]);
    const { cases } = bids(dataset(files, description), {}, ['sub-01_ses-2']);
    expect(cases.map(({ id }) => id)).toEqual(['sub-01_ses-1']);
  });

  it.each([
    ['sub-30', 'did you mean "sub-03"?'],
    ['03', 'did you mean "sub-03"?'],
    ['patient', 'name subjects as their folders or files are called'],
  ])('knows no subject %s to exclude', (name, help) => {
    const error = dataErrorOf(() => bids(threeOfFour(), {}, [name]));
    expect(error.message).toMatch(
      new RegExp(`names ${name}, which is no subject of .*; it has sub-01, sub-02, sub-03`),
    );
    expect(error).toMatchObject({ code: 'EXP4101', help, planPath: 'dataset.exclude' });
  });

  it('without a label for any subject names the image, the pattern and what there is', () => {
    const root = dataset(
      ['sub-01/anat/sub-01_T1w.nii.gz', 'derivatives/manual/sub-01/anat/sub-01_desc-auto_dseg.nii.gz'],
      description,
    );
    const error = dataErrorOf(() => bids(root));
    expect(error.code).toBe('EXP4101');
    expect(error.message).toMatch(
      /no label for .*sub-01_T1w\.nii\.gz: looked for a label \*_desc-manual_dseg\.nii\.gz.*found sub-01_desc-auto_dseg\.nii\.gz/,
    );
  });

  it.each([
    [
      'that is not there',
      () => join(folder.path, 'nowhere'),
      /no data set at .*nowhere: looked for a BIDS data set.*its parent folder holds/,
    ],
    [
      'without its description',
      () => dataset(['sub-01/anat/sub-01_T1w.nii.gz']),
      /no dataset_description\.json; it holds sub-01/,
    ],
    [
      'without such images',
      () => dataset(['sub-01/anat/sub-01_T2w.nii.gz'], description),
      /looked for .*_T1w\.nii\.gz; found for sub-01: sub-01_T2w\.nii\.gz/,
    ],
    [
      'with a broken description',
      () =>
        dataset(['sub-01/anat/sub-01_T1w.nii.gz', 'derivatives/m/sub-01/anat/sub-01_desc-manual_dseg.nii.gz'], {
          'dataset_description.json': '{',
        }),
      /cannot read .*dataset_description\.json/,
    ],
  ])('%s says what was looked for and what is there', (_, make, message) => {
    const error = dataErrorOf(() => bids(make()));
    expect(error.code).toBe('EXP4101');
    expect(error.message).toMatch(message);
  });

  it('without the named derivative lists those there are', () => {
    expect(dataErrorOf(() => bids(twoRaters(), { derivative: 'c' })).message).toMatch(/derivatives\/ of .* holds a, b/);
  });
});

describe('a decathlon data set', () => {
  const files = [
    'imagesTr/la_007.nii.gz',
    'labelsTr/la_007.nii.gz',
    'imagesTr/la_003.nii.gz',
    'labelsTr/la_003.nii.gz',
  ];
  const manifest = (training: readonly object[]) => ({ 'dataset.json': JSON.stringify({ name: 'Heart', training }) });
  const listed = ['la_007', 'la_003'].map((id) => ({
    image: `./imagesTr/${id}.nii.gz`,
    label: `./labelsTr/${id}.nii.gz`,
  }));
  const decathlon = (root: string, exclude: readonly string[] = []) =>
    findCases({ source: { layout: 'decathlon', root }, exclude: [...exclude] }, options);

  it('gives the cases that dataset.json lists', () => {
    const found = decathlon(dataset(files, manifest(listed)));
    expect(found.name).toBe('Heart');
    expect(found.cases.map(({ id, subject }) => [id, subject])).toEqual([
      ['la_003', 'la_003'],
      ['la_007', 'la_007'],
    ]);
  });

  it('does without a listed file that is not there only when told to', () => {
    const root = dataset(files.slice(0, 3), manifest(listed));
    expect(dataErrorOf(() => decathlon(root)).help).toBe('put it there, or leave the case out: exclude: ["la_003"]');
    expect(decathlon(root, ['la_003']).cases.map(({ id }) => id)).toEqual(['la_007']);
  });

  it.each([
    ['without dataset.json', () => dataset(files), /no dataset\.json; it holds imagesTr, labelsTr/],
    [
      'with a missing file',
      () => dataset(files.slice(0, 3), manifest(listed)),
      /no file .*labelsTr\/la_003\.nii\.gz, which .*dataset\.json lists/,
    ],
    [
      'with another dataset.json',
      () => dataset(files, { 'dataset.json': '{"training": []}' }),
      /dataset\.json: training: /,
    ],
  ])('%s is an error that names it', (_, make, message) => {
    const error = dataErrorOf(() => decathlon(make()));
    expect(error.code).toBe('EXP4101');
    expect(error.message).toMatch(message);
  });
});

describe.skipIf(sharedData === null)('the real data sets (need shared/data)', () => {
  const shared = { ...options, baseDir: sharedData ?? '' };
  it('have 50 and 200 cases', () => {
    const organ = findCases(
      {
        source: { layout: 'bids', root: 'bids-hippocampus', image: 'T1w', label: 'desc-manual_dseg', derivative: null },
        exclude: [],
      },
      shared,
    );
    expect(organ.cases).toHaveLength(50);
    expect(
      findCases({ source: { layout: 'decathlon', root: 'msd-hippocampus' }, exclude: [] }, shared).cases,
    ).toHaveLength(200);
  });
});

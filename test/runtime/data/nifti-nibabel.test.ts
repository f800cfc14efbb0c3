import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { affineDistance, voxelSizes } from '../../../runtime/data/affine.ts';
import { readVolume } from '../../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../../runtime/data/nifti/write.ts';
import { reorient } from '../../../runtime/data/transforms/orientation.ts';
import type { Affine, LabelVolume, Volume } from '../../../runtime/data/types.ts';
import { sharedData } from '../../helpers/python.ts';
import { expectRow } from '../../reference/numerics/row.ts';
import { askReference, hasNibabel, largestDifference, type ReferenceJob, type ReferenceResult } from './reference.ts';
import { ballLabels, dataErrorOf, rampVolume, rawNifti, temporaryFolder, writeBytes } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const conformance = (name: string) => join(sharedData ?? '', 'nifti-conformance', name);

/** Header numbers are float32. */
const GEOMETRY_TOLERANCE = 1e-5;

/** Values, affine and zooms as nibabel has them: a row each. */
function expectEqualVolume(what: string, ours: Volume | LabelVolume, theirs: ReferenceResult | undefined): void {
  expect(ours.shape, what).toEqual(theirs?.shape);
  const row = { subject: 'nifti', reference: 'nibabel', ours: null, theirs: null } as const;
  const values = largestDifference(ours.data, theirs?.data ?? []);
  expectRow({ ...row, what: `${what}: values`, difference: values, tolerance: 0 });
  const zooms = largestDifference(voxelSizes(ours.affine), theirs?.zooms ?? []);
  const difference = Math.max(zooms, affineDistance(ours.affine, theirs?.affine ?? []));
  expectRow({ ...row, what: `${what}: affine and zooms`, difference, tolerance: GEOMETRY_TOLERANCE });
}

/** What nibabel is asked to write: every type in both byte orders and versions, and what else a header can say. */
const MADE = [
  ...['i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f4', 'f8'].flatMap((dtype) =>
    (['<', '>'] as const).flatMap((order) =>
      ([1, 2] as const).map((version) => ({ dtype, order, version, name: '.nii' }) as const),
    ),
  ),
  { dtype: 'i2', name: '.nii.gz' },
  { dtype: 'f4', name: '.img', order: '>' },
  { dtype: 'i2', name: '.img.gz', version: 2 },
  { dtype: 'i2', name: '.nii', scaled: true },
  { dtype: 'u1', name: '.nii.gz', scaled: true, order: '>', version: 2 },
  { dtype: 'i2', name: '.nii', extension: true },
  { dtype: 'f4', name: '.nii.gz', extension: true, version: 2 },
  { dtype: 'i2', name: '.nii', form: 'qform' },
  { dtype: 'i2', name: '.nii.gz', form: 'qform', order: '>', version: 2 },
  { dtype: 'f4', name: '.nii', form: 'none' },
] as const;

function titleOf(job: MadeJob): string {
  return [
    job.dtype,
    job.order === '<' ? 'little-endian' : 'big-endian',
    `NIfTI-${job.version}`,
    job.input.replace(/^.*?\./, '.'),
    ...(job.scaled ? ['scaled'] : []),
    ...(job.extension ? ['with an extension'] : []),
    ...(job.form === 'sform' ? [] : [job.form === 'qform' ? 'qform alone' : 'neither form']),
  ].join(', ');
}

type MadeJob = Extract<ReferenceJob, { op: 'make' }>;

describe.skipIf(!hasNibabel)('files that nibabel writes are read as nibabel reads them (needs nibabel)', () => {
  const made = join(folder.path, 'made');
  const jobs = MADE.map(({ name, ...rest }, seed): MadeJob => {
    const defaults = { order: '<', version: 1, form: 'sform', scaled: false, extension: false } as const;
    return { op: 'make', input: join(made, `file${seed}${name}`), seed, ...defaults, ...rest };
  });
  let expected: readonly ReferenceResult[] = [];
  beforeAll(() => {
    expected = askReference(made, jobs);
  });

  it.each(jobs.map((job, i) => ({ title: titleOf(job), job, i })))('$title', ({ title, job, i }) => {
    expectEqualVolume(title, readVolume(job.input), expected[i]);
  });
});

describe.skipIf(sharedData === null)('the conformance files (need shared/data)', () => {
  const volumes = ['anatomical.nii', 'reoriented_anat_moved.nii', 'resampled_anat_moved.nii', 'standard.nii.gz'];

  it.skipIf(!hasNibabel)('that hold one volume read as nibabel reads them (needs nibabel)', () => {
    const expected = askReference(
      join(folder.path, 'conformance'),
      volumes.map((name) => ({ op: 'read', input: conformance(name) })),
    );
    volumes.forEach((name, i) => {
      const volume = readVolume(conformance(name));
      const reference = expected[i];
      expectEqualVolume(`${name} of nibabel’s own tests`, volume, reference);
    });
  });

  it.each([
    ['example4d.nii.gz', /dim\[4\]: 128x96x24x2 holds 2 volumes/],
    ['example_nifti2.nii.gz', /dim\[4\]: 32x20x12x2 holds 2 volumes/],
    ['functional.nii', /dim\[4\]: 17x21x3x20 holds 20 volumes/],
    ['row_major.dconn.nii', /intent_code: 3001 marks a CIFTI file/],
    ['nifti1.hdr', /magic: .*\.img file/],
    ['nifti2.hdr', /magic: .*\.img file/],
  ])('%s is refused with its reason', (name, reason) => {
    const error = dataErrorOf(() => readVolume(conformance(name)));
    expect(error.code).toBe('EXP4102');
    expect(error.message).toMatch(reason);
  });
});

const oblique: Affine = [
  [0.9, -0.5, 0.1, -12.5],
  [0.48, 1.6, -0.3, 33.25],
  [-0.02, 0.4, 2.4, 7],
  [0, 0, 0, 1],
];
const plain: Affine = [
  [1, 0, 0, -3],
  [0, 1.5, 0, 4],
  [0, 0, 2, 5],
  [0, 0, 0, 1],
];

describe.skipIf(!hasNibabel)('nibabel agrees (needs nibabel)', () => {
  // Every proper and improper turn of the axes meets another branch of the quaternion.
  const turns = ['RAS', 'LPS', 'LAS', 'RPI', 'ASR', 'PIR', 'SLA', 'LIP', 'IRP', 'SAR', 'PSL', 'ALI'];
  const written = [
    ...turns.map((code) => reorient(rampVolume([5, 6, 7], plain), code)),
    rampVolume([4, 3, 5], oblique),
    ballLabels([9, 8, 7], plain),
  ];
  const titles = [...turns, 'oblique and sheared', 'labels'];
  const paths = written.map((_, i) => join(folder.path, `written-${i}.nii.gz`));
  let reference: readonly ReferenceResult[] = [];
  let qforms: readonly ReferenceResult[] = [];
  let writtenQforms: readonly ReferenceResult[] = [];
  const qformPaths: string[] = [];

  beforeAll(() => {
    written.forEach((volume, i) => {
      writeNifti(paths[i] ?? '', volume);
    });
    for (const [i, quaternion] of [
      [0, 0, 0],
      [1, 0, 0],
      [0.5, 0.5, 0.5],
      [0.1, -0.7, 0.3],
      [0, 0.6, 0.8],
    ].entries()) {
      const bytes = rawNifti({
        pixdim: [i % 2 ? -1 : 1, 1.5, 2, 2.5, 1, 1, 1, 1],
        qform: { code: 1, quaternion, offset: [1, -2, 3] },
        sform: { code: 0, rows: [] },
      });
      qformPaths.push(writeBytes(folder.path, `qform-${i}.nii`, bytes));
    }
    const all = askReference(join(folder.path, 'agree'), [
      ...[...paths, ...qformPaths].map((input) => ({ op: 'read' as const, input })),
      ...paths.map((input) => ({ op: 'qform' as const, input })),
    ]);
    reference = all.slice(0, paths.length);
    qforms = all.slice(paths.length, paths.length + qformPaths.length);
    writtenQforms = all.slice(-paths.length);
  });

  it('on the voxels and affine of what is written', () => {
    written.forEach((volume, i) => {
      expectEqualVolume(`written by us, ${titles[i]}`, volume, reference[i]);
    });
  });

  it('on the qform of what is written, wherever a qform can say it (no shears)', () => {
    written.forEach((volume, i) => {
      if (volume.affine === oblique) return;
      expect(affineDistance(volume.affine, writtenQforms[i]?.affine ?? []), String(i)).toBeLessThan(1e-5);
    });
  });

  it('on the orientation of what is written', () => {
    expect(reference.slice(0, turns.length).map((result) => result.codes)).toEqual(turns);
  });

  it('on affines from quaternions', () => {
    qformPaths.forEach((path, i) => {
      expect(affineDistance(readVolume(path).affine, qforms[i]?.affine ?? []), path).toBeLessThan(1e-6);
    });
  });
});

describe('what is written', () => {
  it('reads back the same', () => {
    for (const [code, affine] of [
      ['RAS', plain],
      ['SLA', plain],
      ['LIP', plain],
    ] as const) {
      const volume = reorient(rampVolume([5, 6, 7], affine), code);
      const path = join(folder.path, `${code}.nii.gz`);
      writeNifti(path, volume);
      expect(readVolume(path)).toEqual({ shape: volume.shape, affine: volume.affine, data: volume.data });
    }
  });
});

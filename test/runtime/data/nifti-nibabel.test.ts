import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { affineDistance } from '../../../runtime/data/affine.ts';
import { readVolume } from '../../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../../runtime/data/nifti/write.ts';
import { reorient } from '../../../runtime/data/transforms/orientation.ts';
import type { Affine } from '../../../runtime/data/types.ts';
import { sharedData } from '../../helpers/python.ts';
import { askReference, hasNibabel, largestDifference, type ReferenceResult } from './reference.ts';
import { ballLabels, dataErrorOf, rampVolume, rawNifti, temporaryFolder, writeBytes } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const conformance = (name: string) => join(sharedData ?? '', 'nifti-conformance', name);

describe.skipIf(sharedData === null)('the conformance files (need shared/data)', () => {
  const volumes = ['anatomical.nii', 'reoriented_anat_moved.nii', 'resampled_anat_moved.nii', 'standard.nii.gz'];

  it.skipIf(!hasNibabel)('that hold one volume read as nibabel reads them (needs nibabel)', () => {
    const expected = askReference(
      join(folder.path, 'conformance'),
      volumes.map((name) => ({ op: 'read', input: conformance(name) })),
    );
    volumes.forEach((name, i) => {
      const volume = readVolume(conformance(name));
      const reference = expected[i] ?? { shape: [], affine: [], data: [] };
      expect(volume.shape, name).toEqual(reference.shape);
      expect(affineDistance(volume.affine, reference.affine), name).toBeLessThan(1e-6);
      expect(largestDifference(volume.data, reference.data), name).toBe(0);
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
      expect(volume.shape).toEqual(reference[i]?.shape);
      expect(affineDistance(volume.affine, reference[i]?.affine ?? [])).toBeLessThan(1e-5);
      expect(largestDifference(volume.data, reference[i]?.data ?? [])).toBe(0);
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

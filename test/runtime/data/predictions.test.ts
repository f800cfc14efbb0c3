import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readLabelVolume } from '../../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../../runtime/data/nifti/write.ts';
import { writePrediction } from '../../../runtime/data/predictions.ts';
import { type PrepareSettings, prepareCase } from '../../../runtime/data/prepare.ts';
import { reorient } from '../../../runtime/data/transforms/orientation.ts';
import type { Affine, CaseFiles, LabelVolume } from '../../../runtime/data/types.ts';
import { ballLabels, temporaryFolder } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const affine: Affine = [
  [0.9, 0, 0, -12],
  [0, 1.4, 0, 8],
  [0, 0, 1.1, 3],
  [0, 0, 0, 1],
];

function makeCase(id: string, label: LabelVolume): CaseFiles {
  const files = {
    id,
    subject: id,
    image: join(folder.path, `${id}.nii.gz`),
    label: join(folder.path, `${id}_dseg.nii.gz`),
  };
  writeNifti(files.image, { ...label, data: Float32Array.from(label.data, (value) => 10 + value) });
  writeNifti(files.label, label);
  return files;
}

const settings: PrepareSettings = {
  orientation: 'RAS',
  spacing: null,
  intensity: { kind: 'none' },
  foreground: null,
  classes: null,
};

/** What comes back when a model predicts exactly the prepared label. */
function roundTrip(files: CaseFiles, changes: Partial<PrepareSettings> = {}) {
  const prepared = prepareCase(files, { ...settings, ...changes });
  const path = writePrediction({
    prepared,
    labels: prepared.label.data,
    files,
    outDir: join(folder.path, 'out'),
    name: 'best',
  });
  return { path, prediction: readLabelVolume(path), truth: readLabelVolume(files.label) };
}

function dice(a: Uint8Array, b: Uint8Array): number {
  const both = a.reduce((count, value, i) => count + (value > 0 && (b[i] ?? 0) > 0 ? 1 : 0), 0);
  const each = [a, b].reduce((count, data) => count + data.filter((value) => value > 0).length, 0);
  return (2 * both) / each;
}

describe('a prediction', () => {
  it.each(['RAS', 'LPS', 'ASR', 'SLA'])(
    'of an image in %s comes back exactly where only the orientation changed',
    (code) => {
      const { prediction, truth } = roundTrip(
        makeCase(`sub-${code}`, reorient(ballLabels([15, 12, 18], affine), code)),
      );
      expect(prediction).toEqual(truth);
    },
  );

  it('lies on the source grid again after resampling, in the right place', () => {
    const { prediction, truth } = roundTrip(makeCase('sub-9', reorient(ballLabels([30, 22, 28], affine), 'PIR')), {
      spacing: [1, 1, 1],
    });
    expect(prediction.shape).toEqual(truth.shape);
    expect(prediction.affine).toEqual(truth.affine);
    expect(dice(prediction.data, truth.data)).toBeGreaterThan(0.95);
  });

  it('is a BIDS derivative', () => {
    const { path } = roundTrip(makeCase('sub-01_ses-2_run-1', ballLabels([8, 8, 8], affine)));
    const out = join(folder.path, 'out');
    expect(path).toBe(join(out, 'sub-01', 'ses-2', 'anat', 'sub-01_ses-2_run-1_desc-best_dseg.nii.gz'));
    const description = JSON.parse(readFileSync(join(out, 'dataset_description.json'), 'utf8'));
    expect(description).toMatchObject({ DatasetType: 'derivative', GeneratedBy: [{ Name: 'exp' }] });
  });

  it('of a decathlon case gets a name that BIDS allows', () => {
    const { path } = roundTrip(makeCase('hippocampus_015', ballLabels([8, 8, 8], affine)));
    expect(path).toMatch(/sub-hippocampus015[/\\]anat[/\\]sub-hippocampus015_desc-best_dseg\.nii\.gz$/);
  });
});

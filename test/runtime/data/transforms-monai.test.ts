import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanIntensity } from '../../../compiler/plan/schema.ts';
import { affineDistance } from '../../../runtime/data/affine.ts';
import { affineOf } from '../../../runtime/data/augment/affine.ts';
import { applyBias } from '../../../runtime/data/augment/bias-field.ts';
import { deformPatch } from '../../../runtime/data/augment/deform.ts';
import { adjustContrast } from '../../../runtime/data/augment/gamma.ts';
import { coarsen } from '../../../runtime/data/augment/low-resolution.ts';
import { readVolume } from '../../../runtime/data/nifti/read.ts';
import { writeNifti } from '../../../runtime/data/nifti/write.ts';
import { cropTo, positiveBox } from '../../../runtime/data/transforms/crop.ts';
import { gaussianFilter } from '../../../runtime/data/transforms/gaussian.ts';
import { normalizeIntensity } from '../../../runtime/data/transforms/intensity.ts';
import { reorient } from '../../../runtime/data/transforms/orientation.ts';
import { copyBox, padBefore } from '../../../runtime/data/transforms/pad.ts';
import { respace, respaceLabels } from '../../../runtime/data/transforms/spacing.ts';
import type { Affine, Vec3 } from '../../../runtime/data/types.ts';
import { sharedData } from '../../helpers/python.ts';
import { expectRow } from '../../reference/numerics/row.ts';
import { askReference, hasMonai, largestDifference, type ReferenceJob, type ReferenceResult } from './reference.ts';
import { ballLabels, caseOf, temporaryFolder, waveVolume } from './volumes.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const aligned: Affine = [
  [-1.2, 0, 0, 30],
  [0, 0, 2.5, -20],
  [0, 0.9, 0, 5],
  [0, 0, 0, 1],
];
/** A turn of about 20 degrees with a little shear, as real scans have after registration. */
const oblique: Affine = [
  [1.1, -0.4, 0.05, 3],
  [0.38, 1.05, -0.2, -8],
  [0.02, 0.3, 1.9, 11],
  [0, 0, 0, 1],
];

interface Case {
  readonly title: string;
  readonly job: TransformJob;
  /** Ours, from the file that the reference reads. */
  readonly ours: (path: string) => { shape: Vec3; affine: Affine; data: Float32Array | Uint8Array };
  readonly tolerance: number;
}

/** Which table of docs/numerics.md a job's row belongs to, and the MONAI class that it asks. */
const TRANSFORMS = {
  orientation: { subject: 'transforms', transform: 'Orientation' },
  spacing: { subject: 'transforms', transform: 'Spacing' },
  zscore: { subject: 'transforms', transform: 'NormalizeIntensity' },
  range: { subject: 'transforms', transform: 'ScaleIntensityRange' },
  percentiles: { subject: 'transforms', transform: 'ScaleIntensityRangePercentiles' },
  pad: { subject: 'transforms', transform: 'SpatialPad' },
  pad_or_crop: { subject: 'transforms', transform: 'ResizeWithPadOrCrop' },
  crop_foreground: { subject: 'transforms', transform: 'CropForeground' },
  affine: { subject: 'augmentation', transform: 'Affine' },
  gamma: { subject: 'augmentation', transform: 'AdjustContrast' },
  gaussian_smooth: { subject: 'augmentation', transform: 'GaussianSmooth' },
  low_resolution: { subject: 'augmentation', transform: 'RandSimulateLowResolution' },
  bias_field: { subject: 'augmentation', transform: 'RandBiasField' },
} as const;

type TransformJob = Extract<ReferenceJob, { op: keyof typeof TRANSFORMS }>;

function inFolder(name: string): string {
  return join(folder.path, name);
}

function intensityCase(intensity: Exclude<PlanIntensity, { kind: 'none' }>): Case {
  const { kind, ...settings } = intensity;
  return {
    title: `${kind} ${JSON.stringify(settings)}`,
    // The fields of a plan's intensity are the parameters of the MONAI transform.
    job: { op: kind, input: inFolder('holes.nii.gz'), ...settings } as TransformJob,
    ours: (path) => {
      const volume = readVolume(path);
      return { ...volume, data: normalizeIntensity(volume.data, intensity) };
    },
    tolerance: 1e-4,
  };
}

const orientationCases = ['aligned.nii.gz', 'oblique.nii.gz'].flatMap((name) =>
  ['RAS', 'LPS', 'PIR', 'SLA'].map(
    (code): Case => ({
      title: `Orientation ${code} of ${name}`,
      job: { op: 'orientation', input: inFolder(name), code },
      ours: (path) => reorient(readVolume(path), code),
      tolerance: 0,
    }),
  ),
);

const spacings: readonly Vec3[] = [
  [1, 1, 1],
  [2, 1.7, 0.8],
  [0.6, 3, 2.5],
  [1.2, 0.9, 2.5],
];
const spacingCases = ['aligned.nii.gz', 'oblique.nii.gz'].flatMap((name) =>
  spacings.map(
    (spacing): Case => ({
      title: `Spacing ${spacing.join('x')} of ${name}`,
      job: { op: 'spacing', input: inFolder(name), spacing, mode: 'bilinear' },
      ours: (path) => respace(readVolume(path), spacing),
      tolerance: 1e-3,
    }),
  ),
);
const labelCases = ['labels.nii.gz', 'oblique-labels.nii.gz'].flatMap((name) =>
  spacings.map(
    (spacing): Case => ({
      title: `Spacing ${spacing.join('x')} of ${name}`,
      job: { op: 'spacing', input: inFolder(name), spacing, mode: 'nearest' },
      ours: (path) => {
        const volume = readVolume(path);
        return respaceLabels({ ...volume, data: Uint8Array.from(volume.data) }, spacing);
      },
      tolerance: 0,
    }),
  ),
);

const padCase: Case = {
  title: 'SpatialPad to 20x16x31',
  job: { op: 'pad', input: inFolder('aligned.nii.gz'), size: [20, 16, 31] },
  ours: (path) => {
    const { shape, affine, data } = readVolume(path);
    const size: Vec3 = [Math.max(20, shape[0]), Math.max(16, shape[1]), Math.max(31, shape[2])];
    const [x, y, z] = padBefore(shape, size);
    const padded = new Float32Array(size[0] * size[1] * size[2]);
    copyBox(data, shape, [-x, -y, -z], size, padded);
    return { shape: size, affine, data: padded };
  },
  tolerance: 0,
};

/** What a patch shows that lies around the volume's centre: padded along some axes, cut along others. */
const padOrCropCase: Case = {
  title: 'ResizeWithPadOrCrop to 20x12x9',
  job: { op: 'pad_or_crop', input: inFolder('aligned.nii.gz'), size: [20, 12, 9] },
  ours: (path) => {
    const { shape, affine, data } = readVolume(path);
    const size: Vec3 = [20, 12, 9];
    const before = padBefore(shape, size);
    const start = (i: 0 | 1 | 2) => Math.max(0, Math.floor(shape[i] / 2) - Math.floor(size[i] / 2)) - before[i];
    const resized = new Float32Array(size[0] * size[1] * size[2]);
    copyBox(data, shape, [start(0), start(1), start(2)], size, resized);
    return { shape: size, affine, data: resized };
  },
  tolerance: 0,
};

const cropCases = [0, 2, 5].map(
  (margin): Case => ({
    title: `CropForeground with a margin of ${margin}`,
    job: { op: 'crop_foreground', input: inFolder('island.nii.gz'), margin },
    ours: (path) => {
      const volume = readVolume(path);
      return cropTo(volume, positiveBox(volume.data, volume.shape, margin));
    },
    tolerance: 0,
  }),
);

const intensityCases = [
  intensityCase({ kind: 'zscore', nonzero: true }),
  intensityCase({ kind: 'zscore', nonzero: false }),
  intensityCase({ kind: 'range', from: 40, to: 160, min: 0, max: 1, clip: true }),
  intensityCase({ kind: 'range', from: 40, to: 160, min: -1, max: 3, clip: false }),
  intensityCase({ kind: 'percentiles', lower: 1, upper: 97.5, min: 0, max: 1, clip: true }),
  intensityCase({ kind: 'percentiles', lower: 0, upper: 100, min: -1, max: 1, clip: false }),
];

const turns = [
  { rotation: [0.3, 0, 0], translation: [0, 0, 0], scale: [1, 1, 1] },
  { rotation: [0, -0.25, 0], translation: [0, 0, 0], scale: [1, 1, 1] },
  { rotation: [0.2, 0.26, -0.15], translation: [1.5, -2, 0.7], scale: [1.25, 0.85, 1.1] },
] as const;

/** The patch is the whole volume, so that MONAI's transform of a cut patch sees the same. */
function turned(path: string, parameters: (typeof turns)[number]) {
  const volume = readVolume(path);
  const patch = {
    image: new Float32Array(volume.data.length),
    label: new Int32Array(volume.data.length),
    shape: volume.shape,
  };
  const source = caseOf(volume.data, Uint8Array.from(volume.data), volume.shape);
  deformPatch(source, [0, 0, 0], { affine: affineOf(parameters), elastic: null }, patch);
  return { volume, patch };
}

const affineCases = turns.flatMap((parameters): Case[] => [
  {
    title: `Affine ${JSON.stringify(parameters)} of an image`,
    job: { op: 'affine', input: inFolder('aligned.nii.gz'), mode: 'bilinear', ...parameters },
    ours: (path) => {
      const { volume, patch } = turned(path, parameters);
      return { ...volume, data: patch.image };
    },
    tolerance: 1e-3,
  },
  {
    title: `Affine ${JSON.stringify(parameters)} of a label`,
    job: { op: 'affine', input: inFolder('labels.nii.gz'), mode: 'nearest', ...parameters },
    ours: (path) => {
      const { volume, patch } = turned(path, parameters);
      return { ...volume, data: Float32Array.from(patch.label) };
    },
    tolerance: 0,
  },
]);

function inPlace(title: string, job: TransformJob, change: (image: Float32Array, shape: Vec3) => void): Case {
  return {
    title,
    job,
    ours: (path) => {
      const volume = readVolume(path);
      change(volume.data, volume.shape);
      return volume;
    },
    tolerance: 1e-3,
  };
}

const input = inFolder('aligned.nii.gz');
const coefficients = Array.from({ length: 20 }, (_, i) => 0.1 * Math.sin(i));
const patchCases = [
  ...[0.7, 1.5].flatMap((gamma) =>
    [false, true].map((flag) =>
      inPlace(
        `AdjustContrast ${gamma}, invert_image and retain_stats ${flag}`,
        { op: 'gamma', input, gamma, invert: flag, retainStats: flag },
        (image) => adjustContrast(image, gamma, { invert: flag, retainStats: flag }),
      ),
    ),
  ),
  ...[[0.5, 0.75, 1] as const, [2, 0.3, 1.3] as const].map((sigma) =>
    inPlace(`GaussianSmooth ${sigma.join(', ')}`, { op: 'gaussian_smooth', input, sigma }, (image, shape) =>
      gaussianFilter(image, shape, sigma),
    ),
  ),
  ...[0.5, 0.73, 1].map((zoom) =>
    inPlace(`RandSimulateLowResolution ${zoom}`, { op: 'low_resolution', input, zoom }, (image, shape) =>
      coarsen(image, shape, zoom),
    ),
  ),
  inPlace('RandBiasField', { op: 'bias_field', input, coefficients }, (image, shape) =>
    applyBias(image, shape, coefficients),
  ),
];

const realCases =
  sharedData === null
    ? []
    : ['sub-001', 'sub-017'].map(
        (subject): Case => ({
          title: `Spacing 0.8x1.3x2 of ${subject}, in parts of its largest value`,
          job: {
            op: 'spacing',
            input: join(sharedData ?? '', 'bids-hippocampus', subject, 'anat', `${subject}_T1w.nii.gz`),
            spacing: [0.8, 1.3, 2],
            mode: 'bilinear',
          },
          ours: (path) => respace(readVolume(path), [0.8, 1.3, 2]),
          tolerance: Number.NaN,
        }),
      );

const cases = [
  ...orientationCases,
  ...spacingCases,
  ...labelCases,
  padCase,
  padOrCropCase,
  ...cropCases,
  ...intensityCases,
  ...affineCases,
  ...patchCases,
  ...realCases,
];

describe.skipIf(!hasMonai)('transforms give what MONAI gives (needs MONAI)', () => {
  let expected: readonly ReferenceResult[] = [];

  beforeAll(() => {
    writeNifti(inFolder('aligned.nii.gz'), waveVolume([13, 17, 9], aligned));
    writeNifti(inFolder('oblique.nii.gz'), waveVolume([13, 17, 9], oblique));
    writeNifti(inFolder('labels.nii.gz'), ballLabels([13, 17, 9], aligned));
    writeNifti(inFolder('oblique-labels.nii.gz'), ballLabels([13, 17, 9], oblique));
    const holes = waveVolume([13, 17, 9], aligned);
    for (let i = 0; i < holes.data.length; i += 3) holes.data[i] = 0;
    writeNifti(inFolder('holes.nii.gz'), holes);
    const island = waveVolume([13, 17, 9], oblique);
    const ball = ballLabels([13, 17, 9], oblique);
    writeNifti(inFolder('island.nii.gz'), { ...island, data: island.data.map((v, i) => (ball.data[i] === 0 ? 0 : v)) });
    expected = askReference(
      inFolder('monai'),
      cases.map(({ job }) => job),
    );
  }, 120_000);

  it.each(cases.map((one, i) => ({ ...one, i })))('$title', ({ i, title, job, ours, tolerance }) => {
    const { subject, transform } = TRANSFORMS[job.op];
    const reference = expected[i];
    const result = ours(job.input);
    expect(result.shape).toEqual(reference?.shape);
    // SpatialPad, ResizeWithPadOrCrop and Affine change the affine; a patch of ours has none.
    if (!['pad', 'pad_or_crop', 'affine'].includes(job.op))
      expect(affineDistance(result.affine, reference?.affine ?? [])).toBeLessThan(1e-4);
    const scale = Number.isNaN(tolerance) ? 1e-6 * Math.max(...(reference?.data ?? [])) : tolerance;
    expectRow({
      subject,
      what: title,
      reference: `MONAI ${transform}`,
      ours: null,
      theirs: null,
      difference: largestDifference(result.data, reference?.data ?? []),
      tolerance: scale,
    });
  });
});

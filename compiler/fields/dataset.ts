import {
  type BlockChoice,
  callVariant,
  defaulted,
  type FieldTable,
  NO_FIELDS,
  optional,
  required,
  type VariantTable,
} from './field.ts';
import { list, textOrList } from './values/lists.ts';
import { integer, number } from './values/numbers.ts';
import { first } from './values/phrases.ts';
import { spacing } from './values/sizes.ts';
import { cropMargin, orientation, split } from './values/special.ts';
import { flag, orWord, path, text } from './values/words.ts';

/** `dataset bids("data/organ") { … }`: which subjects, and how their volumes are brought to one form. */

const INTENSITIES = {
  zscore: callVariant(
    'Subtracts the mean and divides by the standard deviation of each volume (MONAI NormalizeIntensity).',
    {
      nonzero: defaulted(flag, true, 'Whether mean and deviation are taken over non-zero voxels only.', {
        reason: 'the air around a head should not shift its mean',
      }),
    },
  ),
  range: callVariant(
    'Maps a fixed window of intensities (MONAI ScaleIntensityRange); for CT, whose units are absolute.',
    {
      from: required(number({ example: '-175' }), 'Lower end of the input window.'),
      to: required(number({ example: '250' }), 'Upper end of the input window.'),
      min: defaulted(number({ example: '0' }), 0, 'What the lower end becomes.'),
      max: defaulted(number({ example: '1' }), 1, 'What the upper end becomes.'),
      clip: defaulted(flag, true, 'Whether values outside of the window are cut.'),
    },
  ),
  percentiles: callVariant(
    'Maps a window between two percentiles of each volume (MONAI ScaleIntensityRangePercentiles).',
    {
      lower: defaulted(number({ min: 0, max: 100, example: '0.5' }), 0.5, 'Lower percentile, from 0 to 100.'),
      upper: defaulted(number({ min: 0, max: 100, example: '99.5' }), 99.5, 'Upper percentile, from 0 to 100.'),
      min: defaulted(number({ example: '0' }), 0, 'What the lower end becomes.'),
      max: defaulted(number({ example: '1' }), 1, 'What the upper end becomes.'),
      clip: defaulted(flag, true, 'Whether values outside of the window are cut.'),
    },
  ),
  none: callVariant('Leaves intensities as they are.', NO_FIELDS),
} as const satisfies VariantTable;

const COMMON = {
  foreground: optional(
    list(integer({ min: 1, max: 255, example: '1' }), { example: '[1, 2]' }),
    'Label values that are merged into class 1. Without it the label values themselves are the classes.',
  ),
  split: defaulted(
    split,
    { train: 0.7, validation: 0.15, test: 0.15 },
    'Shares of the subjects: train / validation / test.',
    {
      reason: 'a common split for small data sets',
    },
  ),
  exclude: optional(
    { ...textOrList('"sub-009"'), example: '["sub-009"]' },
    'Subjects that are left out, by name; or single images of a subject that has several: `sub-009_ses-02`.',
  ),
  subjects: optional(first, 'Only so many subjects, the first in sorted order of those that are not excluded.'),
  orientation: defaulted(
    orWord(orientation, 'native'),
    'RAS',
    'To which side of the patient the axes grow; `native` keeps the file’s.',
    {
      reason: 'the axes mean the same in every volume',
    },
  ),
  spacing: optional(spacing, 'Voxel size to resample to. Without it each volume keeps its own.'),
  crop_foreground: defaulted(
    cropMargin,
    null,
    'Whether volumes are cut to their voxels above 0 (MONAI CropForeground); a number keeps so many voxels around them.',
  ),
  intensity: defaulted(
    { kind: 'callChoice', noun: 'intensity normalisation', variants: INTENSITIES },
    'zscore',
    'How intensities are normalised, volume by volume.',
    { reason: 'MR intensities have no unit' },
  ),
} as const satisfies FieldTable;

const root = required(path('"data/organ"'), 'The folder of the data set, relative to the file that names it.', {
  plan: 'source.root',
});

const LAYOUTS = {
  bids: {
    doc: 'A BIDS data set; labels lie below `derivatives/`.',
    positional: 'root',
    arguments: { root },
    settings: {
      image: required(
        textOrList('"T1w"'),
        'Suffix (and entities) of the image files: `T1w`, `acq-mprage_T1w`. A list where each channel is a file of its own: `["T1w", "FLAIR"]`.',
        {
          plan: 'source.image',
        },
      ),
      label: required(text('"desc-manual_dseg"'), 'Entities and suffix of the label files below `derivatives/`.', {
        plan: 'source.label',
      }),
      derivative: optional(
        text('"manual"'),
        'The folder below `derivatives/` that holds the labels; without it all are searched.',
        {
          plan: 'source.derivative',
        },
      ),
    },
  },
  decathlon: {
    doc: 'The layout of the Medical Segmentation Decathlon: `imagesTr`, `labelsTr`, `dataset.json`.',
    positional: 'root',
    arguments: { root },
    settings: NO_FIELDS,
  },
  phantom: {
    doc: 'Generated volumes of simple shapes with noise, as a BIDS data set, made on first use: for trials and tests.',
    positional: null,
    arguments: {
      subjects: defaulted(integer({ min: 3, max: 1000, example: '12' }), 12, 'How many subjects to make.', {
        plan: 'source.subjects',
      }),
      size: defaulted(integer({ min: 16, max: 256, example: '48' }), 48, 'Voxels along each side, about.', {
        plan: 'source.size',
      }),
      seed: defaulted(integer({ min: 0, max: 4294967295, example: '1' }), 1, 'Another seed makes other volumes.', {
        plan: 'source.seed',
      }),
      channels: defaulted(
        integer({ min: 1, max: 4, example: '2' }),
        1,
        'Images of each subject: the same anatomy with other contrasts, one file a channel.',
        {
          plan: 'source.channels',
        },
      ),
    },
    settings: NO_FIELDS,
  },
} as const satisfies VariantTable;

export const DATASET = {
  kind: 'blockChoice',
  noun: 'data set layout',
  variants: LAYOUTS,
  common: COMMON,
  planKind: 'source.layout',
} as const satisfies BlockChoice;

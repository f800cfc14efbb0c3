import { type BlockChoice, defaulted, type FieldTable, NO_FIELDS, optional, type VariantTable } from './field.ts';
import { fourOf, list } from './values/lists.ts';
import { integer } from './values/numbers.ts';

/** `model SwinUNETR { … }`: the networks, with MONAI's names and defaults. */

const blocks = (example: string) => list(integer({ min: 1, max: 16, example: '2' }), { example });

const COMMON = {
  in_channels: defaulted(integer({ min: 1, max: 16, example: '1' }), 1, 'Channels of the input volume.', {
    reason: 'one image a subject',
  }),
  out_channels: optional(
    integer({ min: 2, max: 256, example: '2' }),
    'Classes, background included. Without it: 2 where the data set merges labels into one foreground.',
  ),
} as const satisfies FieldTable;

const MODELS = {
  SegResNet: {
    doc: 'Residual encoder-decoder with group normalisation (Myronenko 2018; MONAI `SegResNet`).',
    positional: null,
    arguments: NO_FIELDS,
    settings: {
      init_filters: defaulted(
        integer({ min: 1, max: 256, example: '16' }),
        16,
        'Channels at full resolution; each level down doubles them.',
        {
          reason: 'the size of MONAI’s segmentation recipes',
        },
      ),
      blocks_down: defaulted(blocks('[1, 2, 2, 4]'), [1, 2, 2, 4], 'Residual blocks on each level down.', {
        reason: 'as MONAI',
      }),
      blocks_up: defaulted(blocks('[1, 1, 1]'), [1, 1, 1], 'Residual blocks on each level up.', { reason: 'as MONAI' }),
      norm_groups: defaulted(
        integer({ min: 1, max: 64, example: '8' }),
        8,
        'Groups of channels that are normalised together.',
        {
          reason: 'as MONAI',
        },
      ),
    },
  },
  SwinUNETR: {
    doc: 'Shifted-window transformer encoder with a convolutional decoder (Hatamizadeh 2022; MONAI `SwinUNETR`).',
    positional: null,
    arguments: NO_FIELDS,
    settings: {
      feature_size: defaulted(
        integer({ min: 12, max: 192, example: '24' }),
        24,
        'Channels of the first stage; a multiple of 12.',
        {
          reason: 'as MONAI',
        },
      ),
      depths: defaulted(
        fourOf(integer({ min: 1, max: 24, example: '2' }), '[2, 2, 2, 2]'),
        [2, 2, 2, 2],
        'Transformer blocks in each of the four stages.',
        {
          reason: 'as MONAI',
        },
      ),
      num_heads: defaulted(
        fourOf(integer({ min: 1, max: 96, example: '3' }), '[3, 6, 12, 24]'),
        [3, 6, 12, 24],
        'Attention heads in each of the four stages.',
        {
          reason: 'as MONAI',
        },
      ),
      window_size: defaulted(
        integer({ min: 2, max: 16, example: '7' }),
        7,
        'Side of the attention window, in tokens.',
        {
          reason: 'as MONAI',
        },
      ),
    },
  },
} as const satisfies VariantTable;

export const MODEL = {
  kind: 'blockChoice',
  noun: 'model',
  variants: MODELS,
  common: COMMON,
  planKind: 'name',
} as const satisfies BlockChoice;

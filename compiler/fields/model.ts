import { type BlockChoice, defaulted, type FieldTable, NO_FIELDS, optional, type VariantTable } from './field.ts';
import { DYNUNET } from './models/dynunet.ts';
import { SEGRESNET } from './models/segresnet.ts';
import { SWIN_UNETR } from './models/swin-unetr.ts';
import { UNET } from './models/unet.ts';
import { integer } from './values/numbers.ts';
import { path } from './values/words.ts';

/** `model SwinUNETR { … }`: the networks, with MONAI's names and defaults. */

const COMMON = {
  in_channels: defaulted(integer({ min: 1, max: 16, example: '1' }), 1, 'Channels of the input volume.', {
    reason: 'one image a subject',
  }),
  out_channels: optional(
    integer({ min: 2, max: 256, example: '2' }),
    'Classes, background included. Without it: 2 where the data set merges labels into one foreground.',
  ),
  weights: optional(
    path('"pretrained/model_swinvit.pt"'),
    'Weights to start from: a safetensors or PyTorch file, a run folder or a checkpoint folder, relative to the file that names it. What fits by name and shape is taken, the rest starts at random; a file of which nothing fits is an error.',
  ),
} as const satisfies FieldTable;

function network<const S extends FieldTable>(doc: string, settings: S) {
  return { doc, positional: null, arguments: NO_FIELDS, settings } as const;
}

const MODELS = {
  SegResNet: network(
    'Residual encoder-decoder with group normalisation (Myronenko 2018; MONAI `SegResNet`).',
    SEGRESNET,
  ),
  SwinUNETR: network(
    'Shifted-window transformer encoder with a convolutional decoder (Hatamizadeh 2022; MONAI `SwinUNETR`).',
    SWIN_UNETR,
  ),
  UNet: network('Encoder-decoder with skips, optionally of residual units (Kerfoot 2018; MONAI `UNet`).', UNET),
  DynUNet: network('nnU-Net’s network, with deep supervision (Isensee 2018; MONAI `DynUNet`).', DYNUNET),
} as const satisfies VariantTable;

/** Networks of MONAI and nnU-Net that people ask for, and that are not built yet. */
const NOT_YET = [
  'AHNet',
  'AttentionUnet',
  'BasicUNet',
  'BasicUNetPlusPlus',
  'DiNTS',
  'FlexibleUNet',
  'HighResNet',
  'MedNeXt',
  'PlainConvUNet',
  'RegUNet',
  'ResidualEncoderUNet',
  'SegResNetDS',
  'SegResNetDS2',
  'SegResNetVAE',
  'UNETR',
  'UNesT',
  'VNet',
  'VISTA3D',
] as const;

export const MODEL = {
  kind: 'blockChoice',
  noun: 'model',
  variants: MODELS,
  common: COMMON,
  notYet: NOT_YET,
  planKind: 'name',
} as const satisfies BlockChoice;

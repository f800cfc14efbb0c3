import type { Mistake } from './mistake.ts';

/** Names that mean nothing where they stand. */
export const MISTAKEN_NAMES: readonly Mistake[] = [
  {
    name: 'model unknown',
    edit: ['model SwinUNETR', 'model MedNeXt'],
    code: 'EXP2004',
    at: 'MedNeXt',
    mention: 'there is `SegResNet`, `SwinUNETR`, `UNet` and `DynUNet`',
  },
  {
    name: 'file that is not there',
    edit: ['"shared.exp"', '"share.exp"'],
    code: 'EXP2008',
    at: '"share.exp"',
    mention: '"share.exp" cannot be imported: there is no file `share.exp`',
  },
  {
    name: 'base that is not there',
    edit: ['experiment organ {', 'experiment organ extends organs {'],
    code: 'EXP2011',
    at: 'organs',
    mention: 'write `organ`',
  },
  {
    name: 'setting given twice',
    edit: ['seed: 42', 'seed: 42\n  seed: 43'],
    code: 'EXP2005',
    at: 'seed',
    mention: 'keep one of the two',
  },
  {
    name: 'block given twice',
    edit: ['  patch: 96x96x96', '  schedule { epochs: 3 }\n  patch: 96x96x96'],
    code: 'EXP2005',
    at: 'schedule',
    mention: 'keep one of the two',
  },
  {
    name: 'argument given twice',
    edit: ['std: 0.01,', 'std: 0.01, std: 0.02,'],
    code: 'EXP2005',
    at: 'std',
    mention: 'keep one of the two',
  },
  {
    name: 'required setting left out',
    edit: ['    epochs: 100\n', ''],
    code: 'EXP2006',
    at: 'schedule',
    mention: 'for example `epochs: 100`',
  },
  {
    name: 'required block left out',
    edit: ['  model SwinUNETR {\n    in_channels: 1\n    out_channels: 2\n    feature_size: 24\n  }\n', ''],
    code: 'EXP2006',
    at: 'organ',
    mention: 'for example `model SegResNet { … }`',
  },
  {
    name: 'required argument left out',
    edit: ['flip(axes: [x, y, z], probability: 50%)', 'flip(axes: [x, y, z])'],
    code: 'EXP2006',
    at: 'flip(axes: [x, y, z])',
    mention: 'for example `probability: 50%`',
  },
  {
    name: 'block for a setting',
    edit: ['patch: 96x96x96', 'patch { sides: 96 }'],
    code: 'EXP2007',
    at: 'patch',
    mention: 'for example `patch: 96x96x96`',
  },
  {
    name: 'call for a block',
    edit: [
      '  augment {\n    flip(axes: [x, y, z], probability: 50%)\n    gaussian_noise(std: 0.01, probability: 10%)\n  }',
      '  augment: flip(axes: [x, y, z], probability: 50%)',
    ],
    code: 'EXP2007',
    at: 'augment',
    mention: 'write `augment { … }`',
  },
];

import { defaulted, type FieldTable } from '../field.ts';
import { list } from '../values/lists.ts';
import { only } from '../values/not-yet.ts';
import { integer, number } from '../values/numbers.ts';
import { edges } from '../values/sizes.ts';
import { flag, oneOf } from '../values/words.ts';

const AS_MONAI = { reason: 'as MONAI' } as const;
const SPLEEN = { reason: 'MONAI’s spleen tutorial' } as const;
const kernel = edges({ min: 1, max: 9, example: '3' });

export const UNET = {
  channels: defaulted(
    list(integer({ min: 1, max: 1024, example: '16' }), { example: '[16, 32, 64, 128, 256]' }),
    [16, 32, 64, 128, 256],
    'Channels of each level, the top one first.',
    SPLEEN,
  ),
  strides: defaulted(
    list(edges({ min: 1, max: 4, example: '2' }), { example: '[2, 2, 2, 2]' }),
    [
      [2, 2, 2],
      [2, 2, 2],
      [2, 2, 2],
      [2, 2, 2],
    ],
    'How much smaller each next level is: one less than `channels`.',
    SPLEEN,
  ),
  kernel_size: defaulted(kernel, [3, 3, 3], 'Edges of the convolutions; odd.', AS_MONAI),
  up_kernel_size: defaulted(kernel, [3, 3, 3], 'Edges of the transposed convolutions; odd.', AS_MONAI),
  num_res_units: defaulted(
    integer({ min: 0, max: 8, example: '2' }),
    0,
    'Convolutions of each residual unit; 0 makes plain convolutions.',
    AS_MONAI,
  ),
  act: defaulted(oneOf('prelu', 'relu', 'leakyrelu'), 'prelu', 'Activation.', AS_MONAI),
  norm: defaulted(
    only(oneOf('instance', 'batch', 'group'), 'instance', 'another norm'),
    'instance',
    'Normalisation after each convolution.',
    AS_MONAI,
  ),
  dropout: defaulted(only(number({ min: 0, max: 1, example: '0' }), 0, 'dropout'), 0, 'Dropout.', AS_MONAI),
  bias: defaulted(flag, true, 'Whether convolutions have a bias.', AS_MONAI),
  adn_ordering: defaulted(
    oneOf('NDA', 'NAD', 'DNA', 'AND', 'ADN', 'DAN', 'NA', 'AN'),
    'NDA',
    'Order of activation (A), normalisation (N) and dropout (D).',
    AS_MONAI,
  ),
} as const satisfies FieldTable;

import { defaulted, type FieldTable, optional } from '../field.ts';
import { list } from '../values/lists.ts';
import { only } from '../values/not-yet.ts';
import { integer, number } from '../values/numbers.ts';
import { edges } from '../values/sizes.ts';
import { flag, oneOf } from '../values/words.ts';

const AS_MONAI = { reason: 'as MONAI' } as const;

export const DYNUNET = {
  strides: defaulted(
    list(edges({ min: 1, max: 4, example: '2' }), { example: '[1, 2, 2, 2, 2]' }),
    [
      [1, 1, 1],
      [2, 2, 2],
      [2, 2, 2],
      [2, 2, 2],
      [2, 2, 2],
    ],
    'How much smaller each level is than the one above it; the first is 1.',
    { reason: 'five levels, as nnU-Net plans them for patches around 96' },
  ),
  kernel_size: optional(
    list(edges({ min: 1, max: 9, example: '3' }), { example: '[3, 3, 3, 3, 3]' }),
    'Edges of each level’s convolutions. Without it: 3 on all.',
  ),
  upsample_kernel_size: optional(
    list(edges({ min: 1, max: 4, example: '2' }), { example: '[2, 2, 2, 2]' }),
    'Edges of the transposed convolutions: as in MONAI, the strides without the first.',
  ),
  filters: optional(
    list(integer({ min: 1, max: 2048, example: '32' }), { example: '[32, 64, 128, 256, 320]' }),
    'Channels of each level. Without it: 32, doubling up to 320, as nnU-Net.',
  ),
  norm_name: defaulted(
    only(oneOf('instance', 'batch', 'group'), 'instance', 'another norm'),
    'instance',
    'Normalisation after each convolution, with weight and bias.',
    AS_MONAI,
  ),
  dropout: defaulted(only(number({ min: 0, max: 1, example: '0' }), 0, 'dropout'), 0, 'Dropout.', AS_MONAI),
  deep_supervision: defaulted(
    flag,
    false,
    'Whether training looks at coarser levels too: their losses count 1/2, 1/4 and so on (MONAI DeepSupervisionLoss).',
    AS_MONAI,
  ),
  deep_supr_num: defaulted(
    integer({ min: 1, max: 8, example: '1' }),
    1,
    'How many coarser levels: less than there are levels up.',
    AS_MONAI,
  ),
  res_block: defaulted(flag, false, 'Whether the levels down have residual blocks.', AS_MONAI),
  trans_bias: defaulted(flag, false, 'Whether transposed convolutions have a bias.', AS_MONAI),
} as const satisfies FieldTable;

import { defaulted, type FieldTable } from '../field.ts';
import { fourOf } from '../values/lists.ts';
import { only } from '../values/not-yet.ts';
import { integer, number } from '../values/numbers.ts';
import { flag, oneOf } from '../values/words.ts';

const AS_MONAI = { reason: 'as MONAI' } as const;
const noDropout = only(number({ min: 0, max: 1, example: '0' }), 0, 'dropout');

export const SWIN_UNETR = {
  feature_size: defaulted(
    integer({ min: 12, max: 192, example: '24' }),
    24,
    'Channels of the first stage; a multiple of 12.',
    AS_MONAI,
  ),
  depths: defaulted(
    fourOf(integer({ min: 1, max: 24, example: '2' }), '[2, 2, 2, 2]'),
    [2, 2, 2, 2],
    'Transformer blocks in each of the four stages.',
    AS_MONAI,
  ),
  num_heads: defaulted(
    fourOf(integer({ min: 1, max: 96, example: '3' }), '[3, 6, 12, 24]'),
    [3, 6, 12, 24],
    'Attention heads in each of the four stages.',
    AS_MONAI,
  ),
  window_size: defaulted(
    integer({ min: 2, max: 16, example: '7' }),
    7,
    'Side of the attention window, in tokens.',
    AS_MONAI,
  ),
  use_v2: defaulted(flag, false, 'Swin UNETR-V2: a residual convolution block before each stage.', AS_MONAI),
  normalize: defaulted(flag, true, 'Whether what the stages pass to the decoder is normalised.', AS_MONAI),
  patch_norm: defaulted(flag, false, 'Whether the patch embedding is normalised.', AS_MONAI),
  norm_name: defaulted(
    only(oneOf('instance', 'batch', 'group'), 'instance', 'another norm'),
    'instance',
    'Norm of the convolution blocks.',
    AS_MONAI,
  ),
  drop_rate: defaulted(noDropout, 0, 'Dropout of tokens.', AS_MONAI),
  attn_drop_rate: defaulted(noDropout, 0, 'Dropout of attention.', AS_MONAI),
  dropout_path_rate: defaulted(noDropout, 0, 'Stochastic depth.', AS_MONAI),
} as const satisfies FieldTable;

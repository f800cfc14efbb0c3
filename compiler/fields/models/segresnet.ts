import { defaulted, type FieldTable } from '../field.ts';
import { list } from '../values/lists.ts';
import { only } from '../values/not-yet.ts';
import { integer, number } from '../values/numbers.ts';
import { oneOf } from '../values/words.ts';

const blocks = (example: string) => list(integer({ min: 1, max: 16, example: '2' }), { example });
const AS_MONAI = { reason: 'as MONAI' } as const;

export const SEGRESNET = {
  init_filters: defaulted(
    integer({ min: 1, max: 256, example: '16' }),
    16,
    'Channels at full resolution; each level down doubles them.',
    { reason: 'the size of MONAI’s segmentation recipes' },
  ),
  blocks_down: defaulted(blocks('[1, 2, 2, 4]'), [1, 2, 2, 4], 'Residual blocks on each level down.', AS_MONAI),
  blocks_up: defaulted(blocks('[1, 1, 1]'), [1, 1, 1], 'Residual blocks on each level up.', AS_MONAI),
  norm_groups: defaulted(
    integer({ min: 1, max: 64, example: '8' }),
    8,
    'Groups of channels that are normalised together.',
    AS_MONAI,
  ),
  upsample_mode: defaulted(
    oneOf('nontrainable', 'deconv'),
    'nontrainable',
    'How levels grow: by trilinear interpolation, or by transposed convolutions.',
    AS_MONAI,
  ),
  dropout_prob: defaulted(only(number({ min: 0, max: 1, example: '0' }), 0, 'dropout'), 0, 'Dropout.', AS_MONAI),
} as const satisfies FieldTable;

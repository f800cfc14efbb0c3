import { type CallChoice, callVariant, defaulted, optional } from './field.ts';
import { list } from './values/lists.ts';
import { fraction, integer } from './values/numbers.ts';
import { voxels } from './values/sizes.ts';
import { oneOf } from './values/words.ts';

export const INFERENCE = {
  kind: 'callChoice',
  noun: 'inference',
  variants: {
    sliding_window: callVariant(
      'Segments a whole volume window by window and blends them (MONAI SlidingWindowInferer).',
      {
        roi_size: optional(voxels, 'Size of the window; without it, that of the training patch.'),
        overlap: defaulted(
          fraction({ min: 0, below: 1, example: '50%' }),
          0.25,
          'How much neighbouring windows share, along each axis.',
          {
            reason: 'as MONAI',
          },
        ),
        blend: defaulted(
          oneOf('gaussian', 'constant'),
          'gaussian',
          'How overlapping windows are weighed: `gaussian` trusts their middle.',
          {
            reason: 'as nnU-Net: windows are worst at their border',
          },
        ),
        flips: optional(
          list(oneOf('x', 'y', 'z'), { example: '[x, y, z]' }),
          'Mirrors each window along every combination of these axes and averages the probabilities, as nnU-Net.',
        ),
        sw_batch_size: defaulted(integer({ min: 1, max: 64, example: '1' }), 1, 'Windows that are segmented at once.', {
          plan: 'batchSize',
        }),
      },
    ),
  },
} as const satisfies CallChoice;

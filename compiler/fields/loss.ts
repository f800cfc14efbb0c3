import { type CallChoice, callVariant, defaulted } from './field.ts';
import { number } from './values/numbers.ts';
import { flag } from './values/words.ts';

const weight = number({ min: 0, max: 1000, example: '1' });

export const LOSS = {
  kind: 'callChoice',
  noun: 'loss',
  variants: {
    dice_cross_entropy: callVariant('Soft Dice plus cross-entropy over softmax probabilities (MONAI DiceCELoss).', {
      include_background: defaulted(flag, false, 'Whether the background counts as a class in the Dice part.', {
        reason: 'the background is most of a volume and easy',
      }),
      dice_weight: defaulted(weight, 1, 'Weight of the Dice part.', { reason: 'as MONAI' }),
      cross_entropy_weight: defaulted(weight, 1, 'Weight of the cross-entropy part.', { reason: 'as MONAI' }),
    }),
  },
} as const satisfies CallChoice;

import { type CallChoice, callVariant, defaulted, type FieldTable } from './field.ts';
import { number } from './values/numbers.ts';
import { flag, oneOf } from './values/words.ts';

const weight = number({ min: 0, max: 1000, example: '1' });
const smooth = number({ min: 0, max: 1, example: '1e-5' });
const AS_MONAI = { reason: 'as MONAI' } as const;

/** What all losses of overlap take. */
const OVERLAP = {
  include_background: defaulted(flag, false, 'Whether the background counts as a class in the overlap.', {
    reason: 'the background is most of a volume and easy',
  }),
  batch: defaulted(flag, false, 'Whether the patches of a batch count as one volume.', AS_MONAI),
  smooth_nr: defaulted(smooth, 1e-5, 'Added to the numerator of the overlap.', AS_MONAI),
  smooth_dr: defaulted(smooth, 1e-5, 'Added to the denominator of the overlap.', AS_MONAI),
} as const satisfies FieldTable;

const DICE = {
  ...OVERLAP,
  squared_pred: defaulted(flag, false, 'Whether the denominator sums squared probabilities.', AS_MONAI),
  jaccard: defaulted(flag, false, 'Whether it is the Jaccard index instead of Dice.', AS_MONAI),
} as const satisfies FieldTable;

export const LOSS = {
  kind: 'callChoice',
  noun: 'loss',
  variants: {
    dice_cross_entropy: callVariant('Soft Dice plus cross-entropy over softmax probabilities (MONAI DiceCELoss).', {
      ...DICE,
      dice_weight: defaulted(weight, 1, 'Weight of the Dice part.', AS_MONAI),
      cross_entropy_weight: defaulted(weight, 1, 'Weight of the cross-entropy part.', AS_MONAI),
    }),
    dice: callVariant('Soft Dice over softmax probabilities (MONAI DiceLoss).', DICE),
    dice_focal: callVariant('Soft Dice plus the focal loss of each class (MONAI DiceFocalLoss).', {
      ...DICE,
      gamma: defaulted(
        number({ min: 0, max: 10, example: '2' }),
        2,
        'How much less easy voxels count; 0 is cross-entropy.',
        AS_MONAI,
      ),
      dice_weight: defaulted(weight, 1, 'Weight of the Dice part.', AS_MONAI),
      focal_weight: defaulted(weight, 1, 'Weight of the focal part.', AS_MONAI),
    }),
    tversky: callVariant('Overlap that weighs the two kinds of errors (MONAI TverskyLoss).', {
      ...OVERLAP,
      alpha: defaulted(weight, 0.5, 'Weight of false positives.', AS_MONAI),
      beta: defaulted(weight, 0.5, 'Weight of false negatives.', AS_MONAI),
    }),
    generalized_dice: callVariant('Dice whose classes weigh by volume (MONAI GeneralizedDiceLoss).', {
      ...OVERLAP,
      weight_type: defaulted(
        oneOf('square', 'simple', 'uniform'),
        'square',
        'Weight of a class: 1 / volume², 1 / volume, or 1.',
        AS_MONAI,
      ),
    }),
  },
} as const satisfies CallChoice;

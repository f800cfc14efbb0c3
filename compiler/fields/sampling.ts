import { type CallChoice, callVariant, defaulted } from './field.ts';
import { integer, number } from './values/numbers.ts';

const perCase = defaulted(integer({ min: 1, max: 1000, example: '1' }), 1, 'Patches from each subject in an epoch.', {
  reason: 'an epoch sees each subject once',
});

/** `sampling: balanced(…)`: where training patches are taken. */
export const SAMPLING = {
  kind: 'callChoice',
  noun: 'sampling',
  variants: {
    balanced: callVariant('Centres patches on foreground and background in a ratio (MONAI RandCropByPosNegLabel).', {
      positive: defaulted(number({ min: 0, max: 1000, example: '1' }), 1, 'Weight of foreground centres.'),
      negative: defaulted(number({ min: 0, max: 1000, example: '1' }), 1, 'Weight of background centres.'),
      per_case: perCase,
    }),
    uniform: callVariant('Takes patches anywhere with equal probability.', { per_case: perCase }),
  },
} as const satisfies CallChoice;

import { type CallChoice, callVariant, defaulted, NO_FIELDS, required } from './field.ts';
import { integer } from './values/numbers.ts';

/** More runs than anybody waits for, and as many as are planned within two seconds. */
export const MATRIX_LIMIT = 10_000;

/** `sweep { … }`, `sweep random(trials: 20, seed: 1) { … }` */
export const SWEEP = {
  kind: 'callChoice',
  noun: 'kind of sweep',
  variants: {
    grid: callVariant('Every combination of the values.', NO_FIELDS),
    random: callVariant('So many combinations, drawn from lists and ranges.', {
      trials: required(integer({ min: 1, max: MATRIX_LIMIT, example: '20' }), 'How many combinations are drawn.'),
      seed: defaulted(integer({ min: 0, max: 4294967295, example: '1' }), 0, 'Seeds the drawing.'),
    }),
  },
} as const satisfies CallChoice;

import { type CallChoice, callVariant, defaulted, type FieldTable, NO_FIELDS, optional, required } from './field.ts';
import { integer } from './values/numbers.ts';
import { count } from './values/phrases.ts';

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

/** `stop: halving(after: 5 epochs)` */
export const STOP = {
  kind: 'callChoice',
  noun: 'way to stop runs early',
  variants: {
    halving: callVariant(
      'Asynchronous successive halving: of the runs that have come to a comparison, those that are not among the best stop there.',
      {
        after: required(
          count(['epochs'], '5 epochs', 1),
          'The first comparison; each next one comes `factor` times later.',
        ),
        factor: defaulted(integer({ min: 2, max: 100, example: '3' }), 3, 'Of so many runs one trains on.', {
          reason: 'as in the paper (Li et al. 2020)',
        }),
      },
    ),
  },
} as const satisfies CallChoice;

/** What a sweep says of itself, beside the settings that it varies. */
export const SWEEP_SETTINGS = {
  stop: optional(STOP, 'Which runs stop before their schedule ends. They are compared by `schedule.keep_best`.'),
} as const satisfies FieldTable;

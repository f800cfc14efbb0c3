import { type CallChoice, callVariant, defaulted, type Group, NO_FIELDS, optional, required } from './field.ts';
import { fraction, integer, number } from './values/numbers.ts';
import { count, every, metricName, patience } from './values/phrases.ts';
import { orWord } from './values/words.ts';

const LR_SCHEDULE = {
  kind: 'callChoice',
  noun: 'learning rate schedule',
  variants: {
    constant: callVariant('The learning rate stays.', NO_FIELDS),
    warmup_cosine: callVariant(
      'Rises linearly, then falls along half a cosine until the last step (MONAI WarmupCosineSchedule).',
      {
        warmup: defaulted(
          count(['epochs', 'steps'], '5 epochs'),
          { unit: 'epochs', value: 0 },
          'How long the rate rises.',
        ),
        minimum: defaulted(
          fraction({ min: 0, max: 1, example: '1%' }),
          0,
          'Where it ends, as a share of the base rate.',
        ),
      },
    ),
    polynomial: callVariant('Falls as (1 − step / steps) to a power, as in nnU-Net.', {
      power: defaulted(number({ above: 0, max: 10, example: '0.9' }), 0.9, 'The power.', { reason: 'as nnU-Net' }),
    }),
  },
} as const satisfies CallChoice;

const ON_NAN = {
  kind: 'callChoice',
  noun: 'answer to a step that is not a number',
  variants: {
    stop: callVariant(
      'The run ends, and says at which step, in which tensor, and where the last good checkpoint is.',
      NO_FIELDS,
    ),
    skip: callVariant(
      'The step is left out: weights, optimizer and moving average stay as they were, and the next batch follows.',
      {
        limit: defaulted(
          integer({ min: 1, max: 100000, example: '10' }),
          10,
          'Steps of the whole run that may be left out; one more ends it.',
        ),
      },
    ),
  },
} as const satisfies CallChoice;

/** `schedule { … }`: how long, how fast, and when to look. */
export const SCHEDULE = {
  kind: 'group',
  fields: {
    epochs: required(integer({ min: 1, max: 100000, example: '100' }), 'Passes over the training subjects.'),
    lr_schedule: defaulted(LR_SCHEDULE, 'constant', 'How the learning rate changes over the run.'),
    validate: defaulted(
      every(['epochs'], 'every 2 epochs'),
      { unit: 'epochs', value: 1 },
      'How often the validation subjects are segmented and measured.',
      {
        plan: 'validateEveryEpochs',
        reason: 'after each epoch',
      },
    ),
    early_stop: optional(orWord(patience, 'none'), 'Stops when a metric has not improved for so many epochs.'),
    checkpoint: defaulted(
      every(['epochs', 'steps', 'minutes'], 'every 1 epoch'),
      { unit: 'epochs', value: 1 },
      'How often the state is saved, to resume from.',
      {
        plan: 'checkpointEvery',
        reason: 'after each epoch',
      },
    ),
    keep_best: optional(
      metricName,
      'The metric by which the best checkpoint is kept. Without it: the first of `metrics`.',
    ),
    on_nan: defaulted(ON_NAN, 'stop', 'What to do when the loss or a gradient is NaN or infinite.'),
  },
} as const satisfies Group;

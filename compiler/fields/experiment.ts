import { PRECISIONS } from '../plan/precisions.ts';
import { AUGMENT } from './augment.ts';
import { DATASET } from './dataset.ts';
import { defaulted, type FieldTable, optional, required, type TableValue } from './field.ts';
import { INFERENCE } from './inference.ts';
import { LOSS } from './loss.ts';
import { METRICS } from './metrics.ts';
import { MODEL } from './model.ts';
import { OPTIMIZER } from './optimizer.ts';
import { POSTPROCESS } from './postprocess.ts';
import { SAMPLING } from './sampling.ts';
import { SCHEDULE } from './schedule.ts';
import { TRACK } from './track.ts';
import { called } from './values/calls.ts';
import { list } from './values/lists.ts';
import { integer, quantity } from './values/numbers.ts';
import { voxels } from './values/sizes.ts';
import { budget, integerOrRange } from './values/special.ts';
import { oneOf, orWord, text } from './values/words.ts';

/** As many as a data set of a hundred subjects has, each left out once. */
const MAX_FOLDS = 100;

/** What may stand in an experiment, and as an override in a profile. */
export const EXPERIMENT = {
  description: optional(text('"Binary organ segmentation"'), 'What the experiment is for, in a sentence.', {
    plan: 'experiment.description',
  }),
  seed: defaulted(
    integer({ min: 0, max: 4294967295, example: '42' }),
    0,
    'Seeds weights, split, patches and augmentation.',
  ),
  dataset: required(DATASET, 'Which subjects, and how their volumes are brought to one form.'),
  model: required(MODEL, 'The network.'),
  patch: required(voxels, 'Size of the training patches, in voxels.'),
  batch_size: defaulted(
    integerOrRange,
    { from: 1, to: 1 },
    'Patches a step; of a range the planner takes the largest that fits.',
    {
      reason: 'one patch a step',
    },
  ),
  memory: optional(
    orWord(quantity('memory', { above: 0, example: '2.5GB' }), 'all'),
    'What training may take of the memory of the device that computes, the engine and the weights included: activations that do not fit are computed again instead of kept. Without it: what the environment has.',
    { plan: 'activationLimitBytes' },
  ),
  sampling: defaulted(SAMPLING, 'balanced', 'Where training patches are taken.', {
    reason: 'organs are small: half of the patches should show them',
  }),
  augment: defaulted(AUGMENT, null, 'Random changes of training patches, in this order.', {
    reason: 'none is written',
  }),
  loss: defaulted(LOSS, 'dice_cross_entropy', 'What training minimises.', { reason: 'robust for small organs' }),
  optimizer: defaulted(OPTIMIZER, 'adamw', 'How weights follow the gradient.'),
  schedule: required(SCHEDULE, 'How long, how fast, and when to look.'),
  metrics: defaulted(
    list(called('metric', METRICS, 'dice'), { example: '[dice, surface_dice(tolerance: 2mm)]' }),
    [{ kind: 'dice' }],
    'What validation measures.',
  ),
  inference: defaulted(INFERENCE, 'sliding_window', 'How a whole volume is segmented.'),
  postprocess: defaulted(
    POSTPROCESS,
    null,
    'What is done to segmentations before they are measured and written, in this order.',
    { reason: 'none is written' },
  ),
  predict: defaulted(
    oneOf('validation', 'test', 'validation_and_test', 'none'),
    'validation',
    'Whose predictions the best checkpoint writes as NIfTI at the end.',
  ),
  precision: defaulted(
    oneOf(...PRECISIONS),
    'float32',
    'Number format of convolutions. `mixed` multiplies in bfloat16 and adds up in float32, in training, validation and prediction; weights, norms, losses and updates are float32. Faster only where the processor has bfloat16 instructions.',
  ),
  workers: defaulted(
    integer({ min: 0, max: 64, example: '4' }),
    0,
    'Threads that prepare data; 0 prepares it between steps.',
    {
      reason: 'in line with training',
    },
  ),
  cache: defaulted(
    oneOf('memory', 'disk', 'none'),
    'memory',
    'Where prepared volumes are kept: up to a quarter of the memory, half of the free disk, or nowhere.',
    {
      reason: 'decoding each epoch anew costs more than a small data set’s memory',
    },
  ),
  folds: optional(
    orWord(integer({ min: 2, max: MAX_FOLDS, example: '5' }), 'none'),
    'Cross-validation: so many runs, each validated on another part of the subjects; the test part stays apart.',
    { plan: 'dataset.fold' },
  ),
  track: optional(TRACK, 'Where the run is reported.'),
  budget: optional(orWord(budget, 'none'), 'What the run may cost and how long it may take.'),
} as const satisfies FieldTable;

export type ExperimentValues = TableValue<typeof EXPERIMENT>;

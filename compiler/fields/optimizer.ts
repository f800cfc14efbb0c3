import { type CallChoice, callVariant, defaulted, type FieldTable, optional } from './field.ts';
import { number } from './values/numbers.ts';
import { flag, orWord } from './values/words.ts';

const learningRate = number({ above: 0, max: 10, example: '1e-4' });
const weightDecay = number({ min: 0, max: 10, example: '1e-5' });
const share = number({ min: 0, below: 1, example: '0.9' });

/** What every optimizer takes. */
const COMMON = {
  gradient_clip: optional(
    number({ above: 0, max: 1e6, example: '12' }),
    'Largest norm of all gradients together; larger ones are scaled down. nnU-Net uses 12.',
  ),
  ema: optional(
    orWord(number({ min: 0, below: 1, example: '0.999' }), 'none'),
    'Decay of a moving average of the weights. Validation, the best checkpoint and predictions use the average.',
  ),
} as const satisfies FieldTable;

const ADAPTIVE = {
  beta1: defaulted(share, 0.9, 'Decay of the mean of gradients.', { reason: 'as torch' }),
  beta2: defaulted(share, 0.999, 'Decay of the mean of squared gradients.', { reason: 'as torch' }),
  epsilon: defaulted(number({ above: 0, max: 1, example: '1e-8' }), 1e-8, 'Keeps the division finite.', {
    reason: 'as torch',
  }),
  ...COMMON,
} as const satisfies FieldTable;

const RECIPES = { reason: 'MONAI’s recipes for SegResNet and SwinUNETR' } as const;
const NNUNET = { reason: 'as nnU-Net' } as const;

const STEP_SIZE = 'Step size, the peak of the schedule.';
const PENALTY = 'Weight of the penalty on squared weights.';

export const OPTIMIZER = {
  kind: 'callChoice',
  noun: 'optimizer',
  variants: {
    adamw: callVariant('Adam with decoupled weight decay (Loshchilov and Hutter 2019; torch.optim.AdamW).', {
      learning_rate: defaulted(learningRate, 1e-4, STEP_SIZE, RECIPES),
      weight_decay: defaulted(
        weightDecay,
        1e-5,
        'Shrinks weights by this times the learning rate, each step.',
        RECIPES,
      ),
      ...ADAPTIVE,
    }),
    adam: callVariant('Adam (Kingma and Ba 2015; torch.optim.Adam).', {
      learning_rate: defaulted(learningRate, 1e-4, STEP_SIZE, RECIPES),
      weight_decay: defaulted(weightDecay, 0, PENALTY, { reason: 'as torch' }),
      ...ADAPTIVE,
    }),
    sgd: callVariant('Stochastic gradient descent with momentum (torch.optim.SGD), nnU-Net’s optimizer.', {
      learning_rate: defaulted(learningRate, 1e-2, STEP_SIZE, NNUNET),
      weight_decay: defaulted(weightDecay, 3e-5, PENALTY, NNUNET),
      momentum: defaulted(share, 0.99, 'How much of the step before each step keeps.', NNUNET),
      nesterov: defaulted(flag, true, 'Whether momentum looks ahead, as Nesterov’s does.', NNUNET),
      ...COMMON,
    }),
  },
} as const satisfies CallChoice;

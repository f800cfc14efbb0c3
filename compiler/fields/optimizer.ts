import { type CallChoice, callVariant, defaulted, optional } from './field.ts';
import { number } from './values/numbers.ts';

const beta = number({ min: 0, below: 1, example: '0.9' });

export const OPTIMIZER = {
  kind: 'callChoice',
  noun: 'optimizer',
  variants: {
    adamw: callVariant('Adam with decoupled weight decay (Loshchilov and Hutter 2019; torch.optim.AdamW).', {
      learning_rate: defaulted(
        number({ above: 0, max: 10, example: '1e-4' }),
        1e-4,
        'Step size, the peak of the schedule.',
        {
          reason: 'MONAI’s recipes for SegResNet and SwinUNETR',
        },
      ),
      weight_decay: defaulted(
        number({ min: 0, max: 10, example: '1e-5' }),
        1e-5,
        'Shrinks weights by this times the learning rate, each step.',
        {
          reason: 'MONAI’s recipes for SegResNet and SwinUNETR',
        },
      ),
      beta1: defaulted(beta, 0.9, 'Decay of the mean of gradients.', { reason: 'as torch' }),
      beta2: defaulted(beta, 0.999, 'Decay of the mean of squared gradients.', { reason: 'as torch' }),
      epsilon: defaulted(number({ above: 0, max: 1, example: '1e-8' }), 1e-8, 'Keeps the division finite.', {
        reason: 'as torch',
      }),
      gradient_clip: optional(
        number({ above: 0, max: 1e6, example: '12' }),
        'Largest norm of all gradients together; larger ones are scaled down. nnU-Net uses 12.',
      ),
    }),
  },
} as const satisfies CallChoice;

import * as z from 'zod';
import { fraction } from './primitives.ts';

/** What training minimises and how weights follow: losses as MONAI defines them, optimizers as torch. */

const weight = z.number().min(0);

const overlap = {
  includeBackground: z.boolean(),
  /** Whether the samples of a batch count as one volume. */
  batch: z.boolean(),
  smoothNr: z.number().min(0),
  smoothDr: z.number().min(0),
} as const;

const dice = { ...overlap, squaredPred: z.boolean(), jaccard: z.boolean() } as const;

export const lossSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('dice'), ...dice }),
  z.object({ kind: z.literal('dice_cross_entropy'), ...dice, diceWeight: weight, crossEntropyWeight: weight }),
  z.object({
    kind: z.literal('dice_focal'),
    ...dice,
    gamma: z.number().min(0),
    diceWeight: weight,
    focalWeight: weight,
  }),
  z.object({ kind: z.literal('tversky'), ...overlap, alpha: weight, beta: weight }),
  z.object({ kind: z.literal('generalized_dice'), ...overlap, weightType: z.enum(['square', 'simple', 'uniform']) }),
]);

/** What to do with a step whose loss or gradient is no finite number; `limit` counts over the whole run. */
export const onNanSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stop') }),
  z.object({ kind: z.literal('skip'), limit: z.int().positive() }),
]);

const anyOptimizer = {
  learningRate: z.number().positive(),
  weightDecay: z.number().min(0),
  /** Largest global gradient norm; null does not clip. */
  gradientClip: z.number().positive().nullable(),
  /** Decay of the moving average of the weights, which validation and prediction use; null keeps none. */
  ema: z.number().min(0).lt(1).nullable(),
} as const;

const adaptiveOptimizer = {
  ...anyOptimizer,
  beta1: fraction,
  beta2: fraction,
  epsilon: z.number().positive(),
} as const;

export const optimizerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('adamw'), ...adaptiveOptimizer }),
  z.object({ kind: z.literal('adam'), ...adaptiveOptimizer }),
  z.object({ kind: z.literal('sgd'), ...anyOptimizer, momentum: fraction, nesterov: z.boolean() }),
]);

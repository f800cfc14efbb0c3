import * as z from 'zod';

/**
 * `state.json` of a checkpoint: where training stood, and the checksums of the files beside it. It is written last, and a
 * folder without a valid one is no checkpoint: it is the one completion marker.
 */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const metricValues = z.record(z.string(), z.number());

const bestSchema = z.object({ value: z.number(), epoch: z.int(), step: z.int(), metrics: metricValues }).nullable();

export const progressSchema = z.object({
  /** From 1; 0 before the first. */
  epoch: z.int().min(0),
  stepInEpoch: z.int().min(0),
  /** Over the whole run. */
  step: z.int().min(0),
  /** Validation, early stopping and the best checkpoint of `epoch` are done too. */
  epochDone: z.boolean(),
  /** Sum of the losses of the epoch's steps so far. */
  lossSum: z.number(),
  /** Steps that were left out, because they were no numbers (`on_nan: skip`): of the run, and of this epoch. */
  skipped: z.int().min(0).default(0),
  skippedInEpoch: z.int().min(0).default(0),
  /** Of `schedule.keepBest` and of `schedule.earlyStop.watch`. */
  best: bestSchema,
  earlyStop: bestSchema,
  /** Metrics of the latest epoch. */
  metrics: metricValues,
  /** Seconds of training so far, over all attempts. */
  seconds: z.number(),
});

export type Progress = z.infer<typeof progressSchema>;

export const checkpointStateSchema = z.object({
  version: z.literal(1),
  planId: sha256,
  seed: z.int(),
  /** SHA-256 of the parameters' bytes, in the order and layout of weights.safetensors, buffers left out. */
  weightsHash: sha256,
  progress: progressSchema,
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256 })),
});

export type CheckpointState = z.infer<typeof checkpointStateSchema>;

export const INITIAL_PROGRESS: Progress = {
  epoch: 0,
  stepInEpoch: 0,
  step: 0,
  epochDone: true,
  lossSum: 0,
  skipped: 0,
  skippedInEpoch: 0,
  best: null,
  earlyStop: null,
  metrics: {},
  seconds: 0,
};

import * as z from 'zod';
import { foldSchema, watchedMetricSchema } from './schema.ts';

/**
 * A matrix: the runs that a sweep, folds, or both make of one experiment. `matrix.json` of its folder holds this; the
 * plan of each run lies in the run's own folder, under the id given here.
 */

export const MATRIX_VERSION = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const positiveInt = z.int().positive();

export const strategySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('grid') }),
  z.object({ kind: z.literal('random'), trials: positiveInt, seed: z.int().min(0) }),
]);

/**
 * Asynchronous successive halving: after each rung's epoch a run goes on where it is among the best `1 / factor` of those that
 * have come to it so far, or the best of fewer.
 */
export const halvingSchema = z.object({
  factor: z.int().min(2),
  /** Epochs in ascending order, each with a validation, before the end of the schedule. */
  rungs: z.array(positiveInt).min(1),
});

export const matrixMemberSchema = z.object({
  /** From 1, in the order of running: folds change fastest, then the last axis. */
  index: positiveInt,
  /** `learning_rate=0.0001,feature_size=24,fold=2`: what tells it from the others. */
  name: z.string(),
  /** The swept settings and parameters by path, as written. */
  settings: z.record(z.string(), z.string()),
  fold: foldSchema.nullable(),
  planId: sha256,
});

export const matrixSchema = z.object({
  version: z.literal(MATRIX_VERSION),
  kind: z.enum(['sweep', 'folds', 'sweep_and_folds']),
  experiment: z.string(),
  profile: z.string().nullable(),
  /** Null for folds alone. */
  strategy: strategySchema.nullable(),
  /** What varies, and over which values, as written. */
  axes: z.array(z.object({ path: z.string(), values: z.string() })),
  folds: z.int().min(2).nullable(),
  /** Null: every run trains to its end, as in matrices of earlier days. */
  halving: halvingSchema.nullable().default(null),
  /** What the runs are ranked by: `schedule.keep_best`. */
  rankedBy: watchedMetricSchema,
  members: z.array(matrixMemberSchema).min(1),
});

export const matrixFileSchema = z.object({
  /** SHA-256 of the canonical bytes of `matrix`, in hex. */
  matrixId: sha256,
  matrix: matrixSchema,
});

export type Halving = z.infer<typeof halvingSchema>;
export type Matrix = z.infer<typeof matrixSchema>;
export type MatrixMember = z.infer<typeof matrixMemberSchema>;
export type MatrixFile = z.infer<typeof matrixFileSchema>;

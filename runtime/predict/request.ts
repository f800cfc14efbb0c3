import * as z from 'zod';
import { inferenceSchema, metricSchema, planSchema, postprocessSchema } from '../../compiler/plan/schema.ts';

/** What `exp predict` and `exp evaluate` ask of the process that does it. Paths are absolute. */
export const requestSchema = z.object({
  weights: z.object({
    /** A run, a checkpoint or a file of weights. */
    target: z.string(),
    cwd: z.string(),
    runsDir: z.string(),
    checkpoint: z.enum(['best', 'last']).nullable(),
    /** Whose model it is, for a file by itself; relative data sets start from `baseDir`. */
    plan: planSchema.nullable(),
    baseDir: z.string(),
  }),
  cases: z.discriminatedUnion('kind', [
    /** Files, folders and BIDS data sets; `image` names the images of a BIDS data set, null as the plan does. */
    z.object({ kind: z.literal('inputs'), paths: z.array(z.string()), image: z.string().nullable() }),
    /** A part of the run's own data; null: test, or validation where there is no test. */
    z.object({ kind: z.literal('split'), part: z.enum(['train', 'validation', 'test', 'all']).nullable() }),
    /** Every labelled case of a BIDS or decathlon data set. */
    z.object({
      kind: z.literal('dataset'),
      root: z.string(),
      image: z.string().nullable(),
      label: z.string().nullable(),
    }),
  ]),
  output: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({ kind: z.literal('derivative'), folder: z.string() }),
    /** Next to each image. */
    z.object({ kind: z.literal('beside') }),
    /** Of one image. */
    z.object({ kind: z.literal('file'), path: z.string() }),
  ]),
  /** Null takes the plan's. */
  overrides: z.object({
    flips: inferenceSchema.shape.flips.nullable(),
    overlap: inferenceSchema.shape.overlap.nullable(),
    precision: planSchema.shape.precision.nullable(),
    batchSize: inferenceSchema.shape.batchSize.nullable(),
    postprocess: z.array(postprocessSchema).nullable(),
    metrics: z.array(metricSchema).nullable(),
  }),
  restore: z.enum(['probabilities', 'nearest']),
  probabilities: z.boolean(),
  /** Pictures of so many cases. */
  overviews: z.int().min(0),
});

export type PredictRequest = z.infer<typeof requestSchema>;

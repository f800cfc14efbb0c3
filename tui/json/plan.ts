import * as z from 'zod';
import { originSchema } from '../../compiler/plan/schema.ts';

/** What `exp plan` prints of single values, layers and differences with `--json`. */

const text = z.string();

/** A value with each layer that touched it, or the values of a block. */
export const planExplainSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('value'),
    path: text,
    text,
    doc: text.nullable(),
    layers: z.array(z.object({ origin: originSchema, text: text.nullable() })),
  }),
  z.object({
    kind: z.literal('block'),
    values: z.array(z.object({ path: text, text, origin: originSchema })),
  }),
]);

/** Of one training patch or batch of them; shapes are in the order N, D, H, W, C. */
export const planGraphSchema = z.array(
  z.object({
    name: text,
    output: z.array(z.int()),
    parameters: z.int(),
    flops: z.number(),
    /** Read and written. */
    bytes: z.number(),
  }),
);

const namedPlan = z.object({ name: text, planId: text });

export const planDiffSchema = z.object({
  before: namedPlan,
  after: namedPlan,
  changes: z.array(z.object({ path: text, before: text.nullable(), after: text.nullable() })),
  unchanged: z.int(),
});

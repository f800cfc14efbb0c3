import * as z from 'zod';

/** What the process that predicts says, one JSON a line. */

const files = z.object({
  labels: z.string().nullable(),
  probabilities: z.array(z.string()),
  overview: z.string().nullable(),
});

const failure = { code: z.string(), message: z.string(), help: z.string().nullable() } as const;

export const predictEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    model: z.string(),
    /** The checkpoint or file. */
    weights: z.string(),
    engine: z.string(),
    /** Background first. */
    classes: z.array(z.string()),
    metrics: z.array(z.string()),
    cases: z.int(),
  }),
  z.object({ type: z.literal('warning'), message: z.string() }),
  z.object({ type: z.literal('case_started'), index: z.int(), id: z.string(), files }),
  /** Windows of the case. */
  z.object({ type: z.literal('progress'), index: z.int(), done: z.int(), total: z.int() }),
  z.object({
    type: z.literal('case_finished'),
    index: z.int(),
    id: z.string(),
    image: z.string(),
    files,
    /** Empty without a truth; what has no value has no entry. */
    metrics: z.record(z.string(), z.number()),
    /** Of each foreground class, in millilitres. */
    volumes: z.record(z.string(), z.number()),
    seconds: z.number(),
  }),
  z.object({ type: z.literal('case_failed'), index: z.int(), id: z.string(), image: z.string(), ...failure }),
  /** Nothing could be done at all. */
  z.object({ type: z.literal('failed'), ...failure }),
  z.object({ type: z.literal('finished'), status: z.enum(['completed', 'stopped']), seconds: z.number() }),
]);

export type PredictEvent = z.infer<typeof predictEventSchema>;
export type PredictEventOf<T extends PredictEvent['type']> = Extract<PredictEvent, { type: T }>;

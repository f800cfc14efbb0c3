import * as z from 'zod';
import { foldSchema, watchedMetricSchema } from '../../compiler/plan/schema.ts';
import { bestSchema, expectationSchema, failureSchema } from '../../runtime/events/schema.ts';

/** What commands print of runs, sweeps and hand-offs with `--json`. */

const numbers = z.record(z.string(), z.number());
const settings = z.record(z.string(), z.string());
const score = z.number().nullable();

/** A line of `exp runs`. */
export const listedRunSchema = z.object({
  kind: z.enum(['run', 'matrix']),
  id: z.string(),
  experiment: z.string(),
  profile: z.string().nullable(),
  /** Of the plan; of the matrix, where it is one. */
  planId: z.string(),
  /** What it was told otherwise than its file says. */
  set: z.array(z.string()),
  model: z.string().nullable(),
  group: z.string().nullable(),
  /** Milliseconds since the Unix epoch. */
  createdAt: z.number(),
  status: z.string(),
  epoch: z.int(),
  step: z.int(),
  seconds: z.number().nullable(),
  best: bestSchema.nullable(),
  metrics: numbers,
  pinned: z.boolean(),
  folder: z.string(),
});

export const listedRunsSchema = z.array(listedRunSchema);

export const garbageSchema = z.object({
  /** Whether it was removed; without `--delete` it is only listed. */
  removed: z.boolean(),
  bytes: z.number(),
  runs: z.array(
    z.object({
      id: z.string(),
      folder: z.string(),
      status: z.string(),
      removable: z.array(z.object({ path: z.string(), bytes: z.number() })),
      bytes: z.number(),
      kept: z.string().nullable(),
    }),
  ),
});

export const memberSchema = z.object({
  index: z.int(),
  name: z.string(),
  settings,
  fold: foldSchema.nullable(),
  planId: z.string(),
  runId: z.string(),
  folder: z.string(),
  status: z.string(),
  epoch: z.int(),
  seconds: z.number(),
  best: score,
  metrics: numbers,
  expectations: z.array(expectationSchema),
  error: failureSchema.nullable(),
});

export const matrixStandSchema = z.object({
  id: z.string(),
  experiment: z.string(),
  rankedBy: watchedMetricSchema,
  seconds: z.number(),
  members: z.array(memberSchema),
  /** Best first. */
  ranking: z.array(z.object({ settings, value: score, deviation: score, runs: z.array(z.string()) })),
});

/** Lines of `exp run FILE --json` of a sweep or of folds. */
export const matrixEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('member_finished'), ...memberSchema.shape }),
  z.object({ type: z.literal('matrix_finished'), ...matrixStandSchema.shape }),
]);

const point = { epoch: z.number(), step: z.number(), value: z.number(), asked: z.literal(true).optional() };
const sweepMember = z.object({
  id: z.string(),
  settings,
  fold: z.int().nullable(),
  status: z.string(),
  epoch: z.int(),
  best: score,
});

export const sweepSchema = z.object({
  id: z.string(),
  rankedBy: watchedMetricSchema,
  paths: z.array(z.string()),
  members: z.array(sweepMember),
  trials: z.array(z.object({ settings, members: z.array(sweepMember), mean: score, deviation: score })),
  effects: z.array(
    z.object({
      path: z.string(),
      values: z.array(z.object({ value: z.string(), mean: z.number(), deviation: score, count: z.int() })),
      heldBack: z.array(z.object({ value: z.string(), count: z.int() })),
      span: z.number(),
    }),
  ),
});

/** A run that only an MLflow server has. */
const remoteRun = z.object({
  id: z.string(),
  folder: z.null(),
  profile: z.string().nullable(),
  status: z.string(),
  epoch: z.int(),
  seconds: z.number().nullable(),
  settings,
  watch: watchedMetricSchema,
  best: z.object(point).nullable(),
  classes: z.array(z.string()),
  metrics: z.record(z.string(), z.array(z.object(point))),
  cases: z.record(z.string(), numbers),
  remote: z.object({ uri: z.string(), experimentId: z.string(), runId: z.string() }).nullable(),
  page: z.string(),
});

/** A run or a sweep, here or on a server. */
export const shownSchema = z.union([listedRunSchema, matrixStandSchema, sweepSchema, remoteRun]);

export const comparisonSchema = z.object({
  runs: z.array(z.string()),
  classes: z.array(z.string()),
  differences: z.array(z.object({ path: z.string(), values: z.array(z.string().nullable()) })),
  sameValues: z.int(),
  metrics: z.array(
    z.object({
      name: z.string(),
      better: z.enum(['max', 'min']),
      /** Per run; null where it was not measured. */
      values: z.array(z.object({ best: z.object({ ...point, missed: z.number() }), last: z.object(point) }).nullable()),
      winner: z.int().nullable(),
    }),
  ),
  cases: z.array(
    z.object({
      run: z.string(),
      against: z.string(),
      metric: z.string(),
      pairs: z.array(z.object({ subject: z.string(), before: z.number(), after: z.number() })),
      meanDifference: z.number(),
      test: z.object({ pairs: z.int(), statistic: z.number(), pValue: z.number().nullable() }),
      corrected: z.object({ pValue: z.number(), tests: z.int() }).nullable(),
    }),
  ),
  /** Where the argument is one sweep. */
  sweep: sweepSchema.optional(),
});

export const handoffStatusSchema = z.object({
  id: z.string(),
  folder: z.string(),
  target: z.string(),
  experiment: z.string(),
  /** `known`, or why it is not; null of a target that exp does not follow. */
  queue: z.string().nullable(),
  runs: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.string(),
      epoch: z.int(),
      best: score,
      job: z.object({ id: z.string(), state: z.string(), detail: z.string(), elapsed: z.string() }).nullable(),
    }),
  ),
  /** Parts that no job waits or works for. */
  abandoned: z.array(z.int()),
});

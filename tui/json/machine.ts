import * as z from 'zod';
import { WORKLOAD_TERMS } from '../../compiler/graph/workload.ts';
import { environmentSchema } from '../../compiler/plan/schema.ts';
import { measurementSchema } from '../../runtime/calibration/calibration-file.ts';

/** What commands print of machines, and of mistakes in files, as JSON. */

const band = z.object({ low: z.number(), high: z.number() });

export const doctorSchema = z.object({
  /** The engine that a run would use now. */
  engine: z.enum(['tensorflow-cuda', 'tensorflow-cpu', 'wasm']),
  findings: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['ok', 'warning', 'missing']),
      detail: z.string(),
      mend: z.string().nullable(),
    }),
  ),
});

export const calibrationSchema = z.array(
  z.object({
    name: z.string(),
    expectedBefore: z.object({ stepSeconds: band.nullable(), peakBytes: z.number() }),
    /** Null where other programs were in the way. */
    measured: measurementSchema.extend({ workload: z.record(z.enum(WORKLOAD_TERMS), z.number()) }).nullable(),
  }),
);

const place = environmentSchema.omit({ scheduler: true }).extend({ own: z.boolean() });

export const environmentsSchema = z.object({
  experiment: z.string(),
  profile: z.string().nullable(),
  runs: z.int(),
  sort: z.enum(['cost', 'time']),
  environments: z.array(
    z.discriminatedUnion('fits', [
      place.extend({
        fits: z.literal(true),
        chosen: z.boolean(),
        priceAsOf: z.string().nullable(),
        region: z.string().nullable(),
        batchSize: z.int(),
        activationLimitBytes: z.number().nullable(),
        memoryNeedBytes: z.number(),
        stepSeconds: band.nullable(),
        scheduleSeconds: band.nullable(),
        costUsd: band.nullable(),
        withinBudget: z.enum(['yes', 'perhaps', 'no']).nullable(),
        basis: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('measured'), source: z.string() }),
          z.object({ kind: z.literal('calibrated'), steps: z.int() }),
          z.object({ kind: z.literal('estimated') }),
        ]),
        limits: z.array(z.string()),
      }),
      place.extend({ fits: z.literal(false), reason: z.string() }),
    ]),
  ),
});

/** Lines and columns from 1, offsets from 0. */
const position = z.object({ line: z.int(), column: z.int(), offset: z.int() });
/** Its end is exclusive. */
const location = z.object({ file: z.string(), start: position, end: position });

export const diagnosticsSchema = z.array(
  z.object({
    code: z.string(),
    severity: z.enum(['error', 'warning', 'info']),
    message: z.string(),
    location,
    label: z.string().nullable(),
    related: z.array(z.object({ location, message: z.string() })),
    help: z.string().nullable(),
    fix: z.object({ title: z.string(), location, replacement: z.string() }).nullable(),
  }),
);

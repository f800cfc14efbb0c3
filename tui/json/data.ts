import * as z from 'zod';

/** What `exp data` and `exp weights` print with `--json`. */

export const dataCheckSchema = z.object({
  name: z.string(),
  root: z.string(),
  cases: z.int(),
  findings: z.array(
    z.object({
      severity: z.enum(['error', 'warning']),
      kind: z.string(),
      /** Empty where it is a file outside of all cases. */
      cases: z.array(z.string()),
      message: z.string(),
    }),
  ),
});

const spread = z.object({ min: z.number(), median: z.number(), max: z.number() });
const threeAxes = z.tuple([spread, spread, spread]);
const voxels = z.tuple([z.number(), z.number(), z.number()]);

export const dataStatsSchema = z.object({
  name: z.string(),
  root: z.string(),
  /** By label value. */
  classNames: z.record(z.string(), z.string()),
  stats: z.object({
    cases: z.int(),
    subjects: z.int(),
    unreadable: z.int(),
    /** Voxels, along x, y, z. */
    shape: threeAxes,
    /** Millimetres, along x, y, z. */
    spacing: threeAxes,
    channels: spread,
    orientations: z.record(z.string(), z.int()),
    intensities: z.object({
      min: spread,
      low: spread,
      median: spread,
      high: spread,
      max: spread,
      mean: spread,
      deviation: spread,
    }),
    classes: z.array(
      z.object({ label: z.int(), cases: z.int(), voxels: spread, millilitres: spread, share: z.number() }),
    ),
    suggestedPatch: voxels,
  }),
});

const shape = z.array(z.int());

export const weightsInspectSchema = z.object({
  path: z.string(),
  format: z.enum(['safetensors', 'pytorch']),
  wrapper: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  elements: z.int(),
  tensors: z.array(z.object({ name: z.string(), dtype: z.string(), shape })),
});

export const weightsImportSchema = z.object({
  path: z.string(),
  format: z.enum(['safetensors', 'pytorch']),
  wrapper: z.string().nullable(),
  model: z.string(),
  prefix: z.string(),
  matched: z.array(z.object({ parameter: z.string(), tensor: z.string() })),
  shapes: z.array(z.object({ parameter: z.string(), tensor: z.string(), expected: shape, found: shape })),
  missing: z.array(z.string()),
  unexpected: z.array(z.string()),
  ignored: z.array(z.string()),
  complete: z.boolean(),
  written: z.string().nullable(),
});

export const weightsExportSchema = z.object({
  format: z.enum(['safetensors', 'pt', 'onnx', 'tfjs']),
  source: z.string(),
  output: z.string(),
  bytes: z.number(),
  files: z.array(z.string()),
  size: voxels.nullable(),
});

import * as z from 'zod';

/** What MLflow answers, as far as it is used: further fields of newer servers pass unread. Checked against 3.17. */

/** Protocol buffers in JSON leave empty lists out. */
const list = <T extends z.ZodType>(item: T) => z.array(item).default([]);

const keyValue = z.object({ key: z.string(), value: z.string().default('') });

export const errorSchema = z.object({ error_code: z.string(), message: z.string().default('') });

export const experimentSchema = z.object({
  experiment_id: z.string(),
  name: z.string(),
  artifact_location: z.string().default(''),
  lifecycle_stage: z.enum(['active', 'deleted']).default('active'),
});

export const experimentResponseSchema = z.object({ experiment: experimentSchema });
export const createExperimentResponseSchema = z.object({ experiment_id: z.string() });

export const runStatusSchema = z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']);

const runInfoSchema = z.object({
  run_id: z.string(),
  run_name: z.string().default(''),
  experiment_id: z.string(),
  status: runStatusSchema,
  /** Milliseconds since the Unix epoch. */
  start_time: z.number().nullish(),
  end_time: z.number().nullish(),
  artifact_uri: z.string().default(''),
  lifecycle_stage: z.enum(['active', 'deleted']).default('active'),
});

/** Numbers that JSON does not know travel as strings. */
const metricValueSchema = z.union([
  z.number(),
  z.enum(['NaN', 'Infinity', '-Infinity']).transform((text) => Number(text)),
]);

const metricSchema = z.object({
  key: z.string(),
  value: metricValueSchema,
  timestamp: z.number(),
  step: z.number().default(0),
});

const datasetInputSchema = z.object({
  tags: list(keyValue),
  dataset: z.object({
    name: z.string(),
    digest: z.string(),
    source_type: z.string(),
    source: z.string(),
    schema: z.string().nullish(),
    profile: z.string().nullish(),
  }),
});

export const runSchema = z.object({
  info: runInfoSchema,
  data: z.object({ metrics: list(metricSchema), params: list(keyValue), tags: list(keyValue) }).prefault({}),
  inputs: z.object({ dataset_inputs: list(datasetInputSchema) }).prefault({}),
  outputs: z
    .object({ model_outputs: list(z.object({ model_id: z.string(), step: z.coerce.number().default(0) })) })
    .prefault({}),
});

export const runResponseSchema = z.object({ run: runSchema });
export const searchRunsResponseSchema = z.object({ runs: list(runSchema), next_page_token: z.string().nullish() });
export const metricHistoryResponseSchema = z.object({
  metrics: list(metricSchema),
  next_page_token: z.string().nullish(),
});

export const artifactsResponseSchema = z.object({
  root_uri: z.string().default(''),
  files: list(z.object({ path: z.string(), is_dir: z.boolean().default(false), file_size: z.number().nullish() })),
  next_page_token: z.string().nullish(),
});

export const emptyResponseSchema = z.object({});

export type MlflowExperiment = z.infer<typeof experimentSchema>;
export type MlflowRun = z.infer<typeof runSchema>;
export type MlflowRunStatus = z.infer<typeof runStatusSchema>;
export type MlflowMetric = z.infer<typeof metricSchema>;
export type MlflowArtifact = z.infer<typeof artifactsResponseSchema>['files'][number];

export interface MlflowKeyValue {
  readonly key: string;
  readonly value: string;
}

export interface MlflowDatasetInput {
  readonly tags: readonly MlflowKeyValue[];
  readonly dataset: {
    readonly name: string;
    /** At most 36 characters. */
    readonly digest: string;
    readonly source_type: string;
    readonly source: string;
    readonly profile: string | null;
  };
}

import type { MlflowKeyValue, MlflowMetric } from './mlflow-schema.ts';

/** `mlflow/utils/validation.py` of MLflow 3.17. Bytes are of the JSON body. */
export const MLFLOW_LIMITS = {
  metricsPerBatch: 1000,
  paramsPerBatch: 100,
  tagsPerBatch: 100,
  entriesPerBatch: 1000,
  bytesPerBatch: 1_000_000,
  keyLength: 250,
  paramValueLength: 6000,
  tagValueLength: 8000,
  datasetNameLength: 500,
  datasetDigestLength: 36,
} as const;

export interface LogBatch {
  readonly metrics: readonly MlflowMetric[];
  readonly params: readonly MlflowKeyValue[];
  readonly tags: readonly MlflowKeyValue[];
}

interface WireBatch {
  metrics: unknown[];
  params: unknown[];
  tags: unknown[];
}

/** The envelope of a body (`{"run_id":…,"metrics":[…],…}`) with room for a long run id. */
const ENVELOPE_BYTES = 512;

/** Splits one batch into bodies that the server accepts: by counts and by bytes, in order, params and tags before metrics. */
export function splitBatch(runId: string, batch: LogBatch): string[] {
  const bodies: string[] = [];
  let current: WireBatch = { metrics: [], params: [], tags: [] };
  let bytes = ENVELOPE_BYTES;
  const entries = () => current.metrics.length + current.params.length + current.tags.length;
  const flush = (): void => {
    if (entries() === 0) return;
    bodies.push(JSON.stringify({ run_id: runId, ...current }));
    current = { metrics: [], params: [], tags: [] };
    bytes = ENVELOPE_BYTES;
  };
  const add = (list: keyof WireBatch, limit: number, entry: unknown): void => {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    const full = current[list].length >= limit || entries() >= MLFLOW_LIMITS.entriesPerBatch;
    if (full || bytes + size > MLFLOW_LIMITS.bytesPerBatch) flush();
    current[list].push(entry);
    bytes += size;
  };
  for (const param of batch.params) add('params', MLFLOW_LIMITS.paramsPerBatch, param);
  for (const tag of batch.tags) add('tags', MLFLOW_LIMITS.tagsPerBatch, tag);
  for (const metric of batch.metrics) {
    add('metrics', MLFLOW_LIMITS.metricsPerBatch, { ...metric, value: encodeMetricValue(metric.value) });
  }
  flush();
  return bodies;
}

/** JSON has no NaN and no infinities; MLflow takes them as strings (and keeps infinities as ±1.797e308 in SQL stores). */
export function encodeMetricValue(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** A key that MLflow takes: its alphabet, a path that normalises to itself, at most 250 characters. */
export function mlflowKey(name: string): string {
  const spelled = name
    .replace(/[^\w\-. :/]/g, '_')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
  return (spelled === '' ? '_' : spelled).slice(0, MLFLOW_LIMITS.keyLength);
}

/** Cuts a value to what the server takes, and shows that it was cut. Counts UTF-16 units, never fewer than characters. */
export function truncate(value: string, length: number): string {
  return value.length <= length ? value : `${value.slice(0, length - 1)}…`;
}

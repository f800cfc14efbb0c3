import type { ModelOutput } from './logged-model.ts';
import type { MlflowDatasetInput, MlflowKeyValue, MlflowMetric, MlflowRunStatus } from './mlflow-schema.ts';

/**
 * One thing to tell the server. Each may be told again without doing anything twice: params are write-once with equal
 * values, tags and artifacts replace, equal inputs and equal metric rows are kept once.
 */
export type DeliveryBody =
  | { readonly kind: 'params'; readonly params: readonly MlflowKeyValue[] }
  | { readonly kind: 'tags'; readonly tags: readonly MlflowKeyValue[] }
  | { readonly kind: 'metrics'; readonly metrics: readonly MlflowMetric[] }
  | { readonly kind: 'inputs'; readonly inputs: readonly MlflowDatasetInput[] }
  /** `endTime` in milliseconds since the Unix epoch; null while it runs. */
  | { readonly kind: 'status'; readonly status: MlflowRunStatus; readonly endTime: number | null }
  /** A file or a whole folder, relative to the run folder. `version` changes when its content does. */
  | { readonly kind: 'artifact'; readonly path: string; readonly version: string }
  /** The best weights, as an object beside the run. */
  | ({ readonly kind: 'model' } & ModelOutput);

/** A delivery with the event it came from. */
export type Delivery = DeliveryBody & { readonly sequence: number; readonly time: number };

export type Upload = Extract<Delivery, { kind: 'artifact' | 'model' }>;

/** What goes over the REST interface, in the order of the events; files travel beside it. */
export type RecordDelivery = Exclude<Delivery, { kind: 'artifact' | 'model' }>;

export function isUpload(delivery: Delivery): delivery is Upload {
  return delivery.kind === 'artifact' || delivery.kind === 'model';
}

/** What the journal calls it: a checkpoint may travel as a folder of files and as a model. */
export function uploadName({ kind, path }: Upload): string {
  return kind === 'model' ? `model ${path}` : path;
}

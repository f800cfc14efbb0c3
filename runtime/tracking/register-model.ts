import type { MlflowClient } from './mlflow-client.ts';
import type { ModelVersion } from './mlflow-models.ts';

/** Says that a version was given its alias once: whoever moved the alias afterwards meant it. */
const ALIASED_TAG = 'exp.aliased';
/** Models and versions are told apart by it: a resumed run that got better puts out another, a repeated delivery none. */
export const WEIGHTS_TAG = 'exp.weights_hash';

export interface Registration {
  readonly register: string;
  readonly alias: string | null;
  readonly modelId: string;
  readonly runId: string;
  readonly weightsHash: string;
}

/**
 * Makes a logged model a version of a registered one, and gives that version its alias. It may be told again: the
 * version is found by its run and the hash of its weights.
 *
 * @throws TrackingError
 */
export async function registerModel(client: MlflowClient, registration: Registration): Promise<ModelVersion> {
  const { register: name, alias, modelId, runId, weightsHash } = registration;
  const isOurs = ({ tags }: ModelVersion) =>
    tags.some(({ key, value }) => key === WEIGHTS_TAG && value === weightsHash);
  await client.models.ensureRegistered(name);
  const tags = [{ key: WEIGHTS_TAG, value: weightsHash }];
  const known = (await client.models.versionsOf(name, runId)).find(isOurs);
  const version = known ?? (await client.models.createVersion({ name, modelId, runId, tags }));
  if (alias === null || version.tags.some(({ key }) => key === ALIASED_TAG)) return version;
  await client.models.setAlias(name, alias, version.version);
  await client.models.tagVersion(name, version.version, { key: ALIASED_TAG, value: alias });
  return version;
}

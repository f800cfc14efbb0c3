import { TrackingError } from '../errors.ts';
import { MlflowClient } from './mlflow-client.ts';
import { type Credentials, resolveTarget, type TrackingEnvironment } from './target.ts';

/** Long enough for a server across an ocean, short enough to wait for before a training. */
const CHECK_TIMEOUT_MS = 5_000;

/**
 * Looks before a run whether an MLflow server answers, takes the credentials, and has the experiment or can make it.
 *
 * @param uri of the plan; null looks at MLFLOW_TRACKING_URI, and all is well where that is not set either
 * @returns what is wrong, for a warning: the run goes on and is delivered later
 */
export async function checkTracking(
  uri: string | null,
  options: {
    readonly experiment?: string;
    readonly env?: TrackingEnvironment;
    readonly credentials?: Credentials;
  } = {},
): Promise<TrackingError | null> {
  let client: MlflowClient | null = null;
  try {
    const target = resolveTarget(uri, options.env ?? process.env, options.credentials);
    if (target === null) return null;
    client = new MlflowClient(target, { retry: { attempts: 1, baseMs: 0, maxMs: 0 }, timeoutMs: CHECK_TIMEOUT_MS });
    const experiment = await client.experimentByName(options.experiment ?? 'Default');
    return experiment?.lifecycle_stage === 'deleted' ? client.deletedExperiment(experiment) : null;
  } catch (error) {
    if (error instanceof TrackingError) return error;
    throw error;
  } finally {
    await client?.close();
  }
}

import { TrackingError } from '../errors.ts';

/** Where MLflow serves artifacts through itself. */
const PROXY_PATH = '/api/2.0/mlflow-artifacts/artifacts';

/**
 * The HTTP address of a run's artifact folder.
 *
 * - `mlflow-artifacts:/1/abc/artifacts`: proxied by the tracking server itself
 * - `mlflow-artifacts://host:port/1/abc/artifacts`: proxied by another MLflow server (`--artifacts-only`)
 * - `http(s)://…`: already an address
 * @throws TrackingError for every other scheme (`s3:`, `gs:`, a file path): only its own clients can write there
 */
export function artifactAddress(artifactUri: string, trackingUri: string): string {
  if (/^https?:\/\//i.test(artifactUri)) return artifactUri.replace(/\/+$/, '');
  const match = /^mlflow-artifacts:(?:\/\/(?<host>[^/]*))?(?<path>\/.*)$/i.exec(artifactUri);
  if (match?.groups === undefined) throw notProxied(artifactUri);
  const { host, path = '' } = match.groups;
  const base = host === undefined || host === '' ? trackingUri : `${new URL(trackingUri).protocol}//${host}`;
  return `${base}${PROXY_PATH}${encodePath(path)}`.replace(/\/+$/, '');
}

/** Percent-encodes each segment of a path. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function notProxied(artifactUri: string): TrackingError {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(artifactUri)?.[1];
  const where = scheme === undefined || scheme === 'file' ? 'a folder of its own machine' : `\`${scheme}:\` storage`;
  return new TrackingError(
    null,
    'ARTIFACTS_NOT_PROXIED',
    `the server keeps this experiment's artifacts in ${where} and does not pass uploads on`,
    {
      help: 'parameters and metrics are tracked all the same; for artifacts, use an experiment made under `mlflow server --serve-artifacts`',
    },
  );
}

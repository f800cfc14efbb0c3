import { readFileSync } from 'node:fs';
import type { PlanSecret, PlanTrack } from '../../compiler/plan/schema.ts';
import { SecretError, TrackingError } from '../errors.ts';

/** An MLflow server to talk to, with everything that the environment says about reaching it. */
export interface TrackingTarget {
  /** Without credentials and trailing slash: safe to print, and the base of every address. */
  readonly uri: string;
  /** The whole `Authorization` header; never printed. */
  readonly authorization: string | null;
  /** MLflow workspace, sent as a header; null on servers without workspaces. */
  readonly workspace: string | null;
  /** PEM of an own certificate authority; null takes Node's, and what NODE_EXTRA_CA_CERTS adds to them. */
  readonly certificateAuthority: string | null;
  /** PEM of certificate and key by which we show who we are; null for servers that do not ask. */
  readonly clientCertificate: string | null;
  readonly insecureTls: boolean;
  /** The proxy that leads to this server; null for none. What NO_PROXY lists is reached without it. */
  readonly proxy: string | null;
  readonly noProxy: string;
}

export type TrackingEnvironment = Readonly<Record<string, string | undefined>>;

/** What a plan says of itself to the server; null for what the environment says. */
export type Credentials = Pick<PlanTrack, 'username' | 'password' | 'token'>;

const NO_CREDENTIALS: Credentials = { username: null, password: null, token: null };

/**
 * The server of a plan: `track: mlflow(uri: …)` before `MLFLOW_TRACKING_URI`; null where neither is set.
 *
 * The variables are those of MLflow's own clients, and so is their order: user and password before a token. Credentials of
 * the plan come before them; those inside the URI come last and are taken out of it.
 * @throws TrackingError for an address that is no http(s) URL
 * @throws SecretError for a secret that is not set
 */
export function resolveTarget(
  planUri: string | null,
  env: TrackingEnvironment,
  credentials: Credentials = NO_CREDENTIALS,
): TrackingTarget | null {
  const raw = nonEmpty(planUri) ?? nonEmpty(env.MLFLOW_TRACKING_URI);
  if (raw === null) return null;
  const url = parseAddress(raw);
  const embedded =
    url.username === '' ? null : basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  url.username = '';
  url.password = '';
  url.hash = '';
  url.search = '';
  return {
    uri: url.href.replace(/\/+$/, ''),
    authorization: authorizationOf(credentials, env) ?? embedded,
    workspace: nonEmpty(env.MLFLOW_WORKSPACE),
    certificateAuthority: readCertificate('MLFLOW_TRACKING_SERVER_CERT_PATH', env),
    clientCertificate: readCertificate('MLFLOW_TRACKING_CLIENT_CERT_PATH', env),
    insecureTls: /^(1|true)$/i.test(env.MLFLOW_TRACKING_INSECURE_TLS ?? ''),
    proxy: variable(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy', env),
    noProxy: variable('no_proxy', env) ?? '',
  };
}

/** An address as it may be shown: without user, password and query, where tokens hide; also where it is no valid URL. */
export function redactUri(raw: string): string {
  return raw.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1').replace(/[?#].*$/s, '');
}

function parseAddress(raw: string): URL {
  const shown = redactUri(raw);
  let url: URL;
  try {
    url = new URL(raw);
  } catch {
    throw new TrackingError(null, null, `the tracking address \`${shown}\` is not a URL`, {
      help: 'write it as http://host:port, in `track: mlflow(uri: …)` or MLFLOW_TRACKING_URI',
    });
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new TrackingError(
    null,
    null,
    `the tracking address \`${shown}\` is not an http(s) URL; exp talks to an MLflow server`,
    {
      help: 'start one over that store (`mlflow server --backend-store-uri …`) and give its http:// address',
    },
  );
}

/**
 * Looks whether all secrets of a plan have values, before anything starts.
 *
 * @throws SecretError
 */
export function assertSecrets(credentials: Credentials, env: TrackingEnvironment): void {
  for (const value of [credentials.username, credentials.password, credentials.token]) revealed(value, env);
}

function authorizationOf(plan: Credentials, env: TrackingEnvironment): string | null {
  const token = revealed(plan.token, env);
  const user = revealed(plan.username, env) ?? (token === null ? nonEmpty(env.MLFLOW_TRACKING_USERNAME) : null);
  const password = revealed(plan.password, env) ?? nonEmpty(env.MLFLOW_TRACKING_PASSWORD);
  if (user !== null && password !== null) return basic(user, password);
  const bearer = token ?? nonEmpty(env.MLFLOW_TRACKING_TOKEN);
  return bearer === null ? null : `Bearer ${bearer}`;
}

function revealed(value: string | PlanSecret | null, env: TrackingEnvironment): string | null {
  if (value === null || typeof value === 'string') return nonEmpty(value);
  const secret = nonEmpty(env[value.secret]);
  if (secret === null) throw new SecretError(value.secret);
  return secret;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function readCertificate(name: string, env: TrackingEnvironment): string | null {
  const path = nonEmpty(env[name]);
  if (path === null) return null;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TrackingError(null, null, `the certificate \`${path}\` of ${name} cannot be read`, { cause });
  }
}

/** As curl and Python do: in small letters before capitals. */
function variable(name: string, env: TrackingEnvironment): string | null {
  return nonEmpty(env[name]) ?? nonEmpty(env[name.toUpperCase()]);
}

function nonEmpty(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === '' ? null : text.trim();
}

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import type * as z from 'zod';
import { TrackingError } from '../errors.ts';
import { errorSchema } from './mlflow-schema.ts';
import { DEFAULT_RETRY, parseRetryAfter, type RetryPolicy, withRetries } from './retry.ts';
import { redactUri, type TrackingTarget } from './target.ts';

export interface TransportOptions {
  readonly retry?: RetryPolicy;
  /** Silence after which a request is given up, in milliseconds. */
  readonly timeoutMs?: number;
  /** The same for an upload, where the server answers only after it stored the file. */
  readonly uploadTimeoutMs?: number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  /** False: tried once, because a second try after an unknown outcome would do it twice. */
  readonly repeatable?: boolean;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfterMs: number | null;
  /** Where a redirect leads, without credentials; null for every other answer. */
  readonly location: string | null;
  readonly bytes: Buffer;
}

const LOOPBACK = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/]|$)/i;

/** HTTP to one MLflow server: own connections, credentials, retries, and every failure as a `TrackingError` that names the server. */
export class Transport {
  readonly target: TrackingTarget;
  readonly #dispatcher: Dispatcher;
  readonly #retry: RetryPolicy;
  readonly #timeoutMs: number;
  readonly #uploadTimeoutMs: number;
  readonly #closed = new AbortController();

  constructor(target: TrackingTarget, options: TransportOptions = {}) {
    this.target = target;
    this.#retry = options.retry ?? DEFAULT_RETRY;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#uploadTimeoutMs = options.uploadTimeoutMs ?? 300_000;
    this.#dispatcher = dispatcherOf(target, Math.min(this.#timeoutMs, 10_000));
  }

  /** Asks for JSON and checks what came. @throws TrackingError */
  async json<T extends z.ZodType>(call: Call, schema: T): Promise<z.infer<T>> {
    const url = `${this.target.uri}/api/2.0/${call.path}${call.query === undefined ? '' : `?${new URLSearchParams(call.query)}`}`;
    const headers: Record<string, string> = call.body === undefined ? {} : { 'content-type': 'application/json' };
    return await this.#retrying(call.repeatable ?? true, async () => {
      const answer = await this.#send(url, call.method, headers, call.body ?? null, this.#timeoutMs);
      return this.#read(answer, schema);
    });
  }

  /**
   * Stores a file under `url`, streamed with its length. Storing again replaces, so it may be repeated.
   *
   * @param onProgress called for each part that goes out
   * @throws TrackingError
   */
  async putFile(url: string, file: string, onProgress: () => void): Promise<void> {
    await this.#retrying(true, async () => {
      // One open file for both the length and the bytes: a file renamed over in between must not be cut short.
      const handle = await open(file, 'r');
      try {
        const { size } = await handle.stat();
        const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
        const stream = createReadStream(file, { fd: handle, autoClose: false, start: 0, end: Math.max(0, size - 1) });
        const body = size === 0 ? Buffer.alloc(0) : Readable.from(watched(stream, onProgress), { objectMode: false });
        const answer = await this.#send(url, 'PUT', headers, body, this.#uploadTimeoutMs);
        if (answer.status >= 300) throw refusal(this.target.uri, answer);
      } finally {
        await handle.close();
      }
    });
  }

  /** The bytes under `url`. @throws TrackingError */
  async getBytes(url: string): Promise<Buffer> {
    return await this.#retrying(true, async () => {
      const answer = await this.#send(url, 'GET', {}, null, this.#timeoutMs);
      if (answer.status >= 300) throw refusal(this.target.uri, answer);
      return answer.bytes;
    });
  }

  /** Ends all requests and connections. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#dispatcher.destroy();
  }

  async #retrying<T>(repeatable: boolean, attempt: () => Promise<T>): Promise<T> {
    const policy = repeatable ? this.#retry : { ...this.#retry, attempts: 1 };
    return await withRetries(policy, this.#closed.signal, attempt);
  }

  async #send(
    url: string,
    method: Dispatcher.HttpMethod,
    headers: Record<string, string>,
    body: string | Buffer | Readable | null,
    timeoutMs: number,
  ): Promise<Answer> {
    const { authorization, workspace } = this.target;
    try {
      const response = await request(url, {
        method,
        headers: {
          accept: 'application/json',
          ...(authorization === null ? {} : { authorization }),
          ...(workspace === null ? {} : { 'x-mlflow-workspace': workspace }),
          ...headers,
        },
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: this.#closed.signal,
        dispatcher: this.#dispatcher,
      });
      return {
        status: response.statusCode,
        contentType: String(response.headers['content-type'] ?? ''),
        retryAfterMs: parseRetryAfter(response.headers['retry-after'], Date.now()),
        location: response.headers.location === undefined ? null : redactUri(String(response.headers.location)),
        bytes: Buffer.from(await response.body.arrayBuffer()),
      };
    } catch (cause) {
      throw unreachable(this.target.uri, cause, timeoutMs);
    }
  }

  #read<T extends z.ZodType>(answer: Answer, schema: T): z.infer<T> {
    if (answer.status >= 300) throw refusal(this.target.uri, answer);
    const json = parseJson(answer.bytes);
    const parsed = json === undefined ? null : schema.safeParse(json);
    if (parsed?.success === true) return parsed.data;
    throw notMlflow(this.target.uri, answer);
  }
}

/** Own connections to one server, through its proxy where it has one. */
function dispatcherOf(target: TrackingTarget, timeout: number): Dispatcher {
  const { uri, proxy, noProxy, certificateAuthority: ca, clientCertificate, insecureTls } = target;
  const connect = {
    timeout,
    rejectUnauthorized: !insecureTls,
    ...(ca === null ? {} : { ca }),
    ...(clientCertificate === null ? {} : { cert: clientCertificate, key: clientCertificate }),
  };
  // A company's proxy leads to its tracking server, never back to this machine.
  if (proxy === null || LOOPBACK.test(uri)) return new Agent({ connections: 4, connect });
  // Many proxies tunnel to port 443 only: what is not TLS is handed over as it is, as curl and Python do.
  const ways = { requestTls: connect, proxyTls: connect, proxyTunnel: false };
  const through = { httpProxy: proxy, httpsProxy: proxy, noProxy, ...ways };
  return new EnvHttpProxyAgent({ connections: 4, connect, ...through });
}

async function* watched(stream: Readable, onPart: () => void): AsyncGenerator<Buffer> {
  for await (const part of stream) {
    onPart();
    yield part;
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refusal(uri: string, answer: Answer): TrackingError {
  const parsed = errorSchema.safeParse(parseJson(answer.bytes));
  const { status, retryAfterMs } = answer;
  if (parsed.success) {
    const { error_code: code, message } = parsed.data;
    const text = `MLflow at ${uri} answered ${code}: ${firstLine(message)}`;
    return new TrackingError(status, code, text, { retryAfterMs });
  }
  const text = firstLine(answer.bytes.toString('utf8'));
  if (status === 401) {
    return new TrackingError(status, null, `MLflow at ${uri} wants a sign-in (401)`, {
      help: 'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN',
    });
  }
  if (status === 403) {
    return new TrackingError(status, null, `MLflow at ${uri} forbids this (403)${text === '' ? '' : `: ${text}`}`, {
      help: 'a server that sees a foreign host name needs it in `mlflow server --allowed-hosts`; else check the credentials',
    });
  }
  if (status >= 500 || status === 408 || status === 413 || status === 429) {
    return new TrackingError(
      status,
      null,
      `the server at ${uri} answered ${status}${isText(answer) && text !== '' ? `: ${text}` : ''}`,
      { retryAfterMs },
    );
  }
  if (status < 400 && answer.location !== null) {
    // Following it would hand the credentials to whoever is named there.
    return new TrackingError(status, null, `the server at ${uri} sends us on to ${answer.location}`, {
      help: 'give the address that it leads to, or sign in where that is a sign-in page',
    });
  }
  return notMlflow(uri, answer);
}

/** Something answers, but not in MLflow's way. */
function notMlflow(uri: string, answer: Answer): TrackingError {
  const what = answer.contentType === '' ? 'nothing it can read' : (answer.contentType.split(';')[0] ?? '');
  return new TrackingError(
    answer.status,
    null,
    `what answers at ${uri} is not an MLflow server (status ${answer.status}, ${what})`,
    {
      help: 'check host, port and path in `track: mlflow(uri: …)` or MLFLOW_TRACKING_URI; a server starts with `mlflow server`',
    },
  );
}

function isText(answer: Answer): boolean {
  return answer.contentType.startsWith('text/plain') || answer.contentType === '';
}

/** Servers put whole SQL statements and stack traces behind the first line. */
function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

const NOT_TRUSTED =
  'its certificate is not trusted; give its authority by MLFLOW_TRACKING_SERVER_CERT_PATH or NODE_EXTRA_CA_CERTS';

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is that of another host',
  EPROTO: 'it does not speak TLS as we do; is the address http:// rather than https://?',
};

function unreachable(uri: string, cause: unknown, timeoutMs: number): TrackingError {
  const code = networkCode(cause);
  const timedOut = code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
  const reason = timedOut
    ? `no answer for ${timeoutMs / 1000} s`
    : (NETWORK_REASONS[code] ?? proxyTrouble(cause) ?? `the request failed (${code})`);
  return new TrackingError(null, null, `no MLflow server reached at ${uri}: ${reason}`, {
    help: 'start it (`mlflow server`), or correct the address in `track: mlflow(uri: …)` or MLFLOW_TRACKING_URI',
    cause,
  });
}

/** undici says of a proxy that refuses no more than its status. */
function proxyTrouble(cause: unknown): string | null {
  const status = /\((\d{3})\)/.exec(cause instanceof Error ? cause.message : '')?.[1];
  if (status === undefined) return null;
  return status === '407'
    ? 'the proxy wants a sign-in: HTTPS_PROXY=http://user:password@…'
    : `the proxy answered ${status}; what needs none stands in NO_PROXY`;
}

/** The code of a failure; happy-eyeballs failures hide it one level down. */
function networkCode(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return networkCode(cause.errors[0]);
  if (cause instanceof Error) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    return cause.cause === undefined ? cause.name : networkCode(cause.cause);
  }
  return 'unknown';
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { TrackingError } from '../errors.ts';

/** Statuses that say "not now": MLflow's own clients retry the same ones. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** Wait before the second try, in milliseconds; doubles from try to try. */
  readonly baseMs: number;
  /** Longest wait, also against a `Retry-After` of an hour: the caller has its own, longer patience. */
  readonly maxMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, baseMs: 250, maxMs: 15_000 };

/** A failure of one request with the wait the server asked for; internal to the client, which unwraps it. */
export class RequestFailure extends Error {
  readonly error: TrackingError;
  readonly retryAfterMs: number | null;

  constructor(error: TrackingError, retryAfterMs: number | null) {
    super(error.message);
    this.error = error;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Whether the same request may succeed a little later: no answer at all, or an answer that says so. */
export function isTransient(error: TrackingError): boolean {
  return error.status === null || TRANSIENT_STATUSES.has(error.status);
}

/**
 * Runs `request` until it succeeds, fails for good, or the tries are used up.
 * Waits are "full jitter" (uniform between half and the whole of base × 2ⁿ), or what the server asked for.
 */
export async function withRetries<T>(policy: RetryPolicy, signal: AbortSignal, request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (cause) {
      if (!(cause instanceof RequestFailure)) throw cause;
      if (attempt >= policy.attempts || !isTransient(cause.error) || signal.aborted) throw cause.error;
      const wait = cause.retryAfterMs ?? backOff(attempt, policy.baseMs, policy.maxMs);
      await sleep(Math.min(wait, policy.maxMs), undefined, { signal }).catch(() => {
        throw cause.error;
      });
    }
  }
}

/** Wait after the `attempt`-th failure, in milliseconds; the jitter keeps many runs from returning at the same instant. */
export function backOff(attempt: number, baseMs: number, maxMs: number): number {
  const whole = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return whole * (0.5 + Math.random() / 2);
}

/** `Retry-After` in milliseconds: seconds or an HTTP date; null where absent or unreadable. */
export function parseRetryAfter(header: string | string[] | undefined, now: number): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

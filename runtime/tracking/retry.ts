import { setTimeout as sleep } from 'node:timers/promises';
import { TrackingError } from '../errors.ts';

/** Statuses that say "not now": MLflow's own clients retry the same ones. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** Wait before the second try, in milliseconds; doubles from try to try. */
  readonly baseMs: number;
  /** Longest wait. A server that asks for more (`Retry-After`) is left to the caller, who has its own, longer patience. */
  readonly maxMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, baseMs: 250, maxMs: 15_000 };

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
    } catch (error) {
      if (!(error instanceof TrackingError) || attempt >= policy.attempts || signal.aborted) throw error;
      const wait = error.retryAfterMs ?? backOff(attempt, policy.baseMs, policy.maxMs);
      if (!isTransient(error) || wait > policy.maxMs) throw error;
      await sleep(wait, undefined, { signal }).catch(() => {
        throw error;
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

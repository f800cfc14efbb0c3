import { setTimeout as sleep } from 'node:timers/promises';
import { assertNever } from '../../dsl/assert-never.ts';
import type { MlflowServer } from '../helpers/mlflow-server.ts';
import type { Fault, FaultProxy } from '../runtime/tracking/fault-proxy.ts';

/** What an MLflow server and the way to it go through, one after another. */

export type Trouble =
  | 'none'
  /** Nothing listens. */
  | 'refused'
  /** Requests are carried out, and no answer ever comes. */
  | 'silence'
  /** Requests are carried out, and the connection is cut before the answer. */
  | 'cut'
  | 'error 500'
  | 'error 503 in text'
  /** 429 with Retry-After. */
  | 'busy'
  /** Killed, and started again at the end of the phase. */
  | 'killed'
  /** Killed in the middle of an upload, and started again at the end of the phase. */
  | 'killed in an upload';

export interface Phase {
  readonly trouble: Trouble;
  /** Of the whole pattern's time, in parts. */
  readonly parts: number;
}

/** Files travel at the beginning and at the end of a run: there the server dies in the middle of them. */
export const PATTERN: readonly Phase[] = [
  { trouble: 'killed in an upload', parts: 2 },
  { trouble: 'none', parts: 3 },
  { trouble: 'refused', parts: 5 },
  { trouble: 'none', parts: 3 },
  { trouble: 'silence', parts: 5 },
  { trouble: 'none', parts: 3 },
  { trouble: 'error 500', parts: 4 },
  { trouble: 'cut', parts: 4 },
  { trouble: 'none', parts: 3 },
  { trouble: 'busy', parts: 5 },
  { trouble: 'none', parts: 2 },
  { trouble: 'killed', parts: 4 },
  { trouble: 'none', parts: 2 },
  { trouble: 'error 503 in text', parts: 3 },
  { trouble: 'silence', parts: 3 },
  { trouble: 'refused', parts: 4 },
  { trouble: 'none', parts: 2 },
  { trouble: 'killed in an upload', parts: 3 },
];

/** A phase that is about an upload waits for one so much longer. */
const UPLOAD_WAIT_MS = 60_000;

/** The same with one death only: a server takes long to start. */
export const SHORT_PATTERN: readonly Phase[] = PATTERN.slice(0, -1).filter(({ trouble }) => trouble !== 'killed');

/** On a busy machine a server takes minutes. */
const START_MS = 600_000;

export interface PatternReport {
  /** Requests that met each kind of trouble; none do while nothing listens. */
  readonly met: ReadonlyMap<Trouble, number>;
  readonly kills: number;
  readonly killsInUploads: number;
}

/**
 * Goes through the pattern.
 *
 * @param totalMs of all phases; a server that starts slowly takes longer
 * @param progressed told the share of the pattern before its last phase that is behind, 0 to 1, several times a second
 * @param say told of each phase as it begins
 */
export async function goThrough(
  { server, proxy }: { readonly server: MlflowServer; readonly proxy: FaultProxy },
  pattern: readonly Phase[],
  totalMs: number,
  progressed: (share: number) => void,
  say: (text: string) => void,
): Promise<PatternReport> {
  const met = new Map<Trouble, number>();
  const all = pattern.reduce((sum, { parts }) => sum + parts, 0);
  const lastParts = pattern.at(-1)?.parts ?? 0;
  let [done, kills, killsInUploads] = [0, 0, 0];
  for (const { trouble, parts } of pattern) {
    const durationMs = (totalMs * parts) / all;
    say(`${trouble}, ${(durationMs / 1000).toFixed(0)} s`);
    let struck: Promise<void> | null = null;
    proxy.fault = (request) => {
      const fault = faultOf(trouble, durationMs, () => {
        killsInUploads += 1;
        struck = server.kill();
      });
      if (fault === null || (fault.kind === 'midway' && (request.method !== 'PUT' || struck !== null))) return null;
      met.set(trouble, (met.get(trouble) ?? 0) + 1);
      return fault;
    };
    if (trouble === 'refused') await proxy.refuse();
    if (trouble === 'killed') {
      await server.kill();
      kills += 1;
    }
    const startedAt = performance.now();
    const awaitsUpload = () => trouble === 'killed in an upload' && struck === null;
    for (;;) {
      const spent = performance.now() - startedAt;
      if (spent >= (awaitsUpload() ? durationMs + UPLOAD_WAIT_MS : durationMs)) break;
      progressed(Math.min(1, (done + (parts * spent) / durationMs) / (all - lastParts)));
      await sleep(50);
    }
    proxy.fault = () => null;
    await proxy.accept();
    await struck;
    if (trouble === 'killed' || struck !== null) await server.start(START_MS);
    done += parts;
  }
  progressed(1);
  return { met, kills, killsInUploads };
}

function faultOf(trouble: Trouble, durationMs: number, strike: () => void): Fault | null {
  switch (trouble) {
    case 'none':
    case 'refused':
    case 'killed':
      return null;
    case 'silence':
      return { kind: 'hang' };
    case 'cut':
      return { kind: 'cut' };
    case 'error 500':
      return { kind: 'answer', status: 500, body: JSON.stringify({ error_code: 'INTERNAL_ERROR', message: 'no' }) };
    case 'error 503 in text':
      return { kind: 'answer', status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>back soon</h1>' };
    case 'busy': {
      const seconds = Math.max(1, Math.round(durationMs / 4000));
      return { kind: 'answer', status: 429, headers: { 'retry-after': String(seconds) }, body: 'slow down' };
    }
    case 'killed in an upload':
      return { kind: 'midway', strike };
    default:
      return assertNever(trouble);
  }
}

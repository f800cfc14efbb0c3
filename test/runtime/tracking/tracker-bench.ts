import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Plan } from '../../../compiler/plan/schema.ts';
import type { Patience } from '../../../runtime/tracking/courier.ts';
import { MlflowClient } from '../../../runtime/tracking/mlflow-client.ts';
import type { MlflowRun } from '../../../runtime/tracking/mlflow-schema.ts';
import { resolveTarget } from '../../../runtime/tracking/target.ts';
import { startTracker, syncRun, type Tracker, type TrackingOptions } from '../../../runtime/tracking/tracker.ts';
import { MlflowServer } from '../../helpers/mlflow-server.ts';
import { mlflowTrack } from '../../helpers/tiny-plan.ts';
import { FaultProxy } from './fault-proxy.ts';
import { SampleRun } from './sample-run.ts';

export const PATIENCE: Patience = {
  batchMs: 50,
  retryMs: 50,
  maxRetryMs: 300,
  finalMs: 15_000,
  finalSlowMs: 15_000,
  finalUploadMs: 15_000,
};
/** Where the end is that nothing can be delivered. */
export const IMPATIENCE: Patience = { ...PATIENCE, finalMs: 2000, finalSlowMs: 2000 };
export const HASTE = { retry: { attempts: 1, baseMs: 5, maxMs: 20 }, timeoutMs: 1000, uploadTimeoutMs: 1000 };
export const WEIGHTS = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 255));

/** A real server of a test file, a proxy before it, and a fresh run for each of its tests. */
interface Bench {
  readonly server: MlflowServer;
  readonly proxy: FaultProxy;
  readonly client: MlflowClient;
  readonly run: SampleRun;
  readonly trackers: Tracker[];
}

/** Keeps one for the tests of the `describe` that it is called in. @returns what a test does with it */
export function trackerBench({ starts }: { readonly starts: boolean }) {
  let bench: Bench | null = null;
  const get = (): Bench => {
    if (bench === null) throw new Error('no test runs yet');
    return bench;
  };
  const renew = (track: Plan['track']): SampleRun => {
    get().run.dispose();
    const run = new SampleRun(track);
    bench = { ...get(), run };
    return run;
  };
  beforeAll(async () => {
    const server = await MlflowServer.create();
    const proxy = await FaultProxy.start(server.uri);
    const target = resolveTarget(server.uri, {});
    if (target === null) throw new Error('no target');
    bench = { server, proxy, client: new MlflowClient(target), run: new SampleRun(mlflowTrack('organ')), trackers: [] };
    if (starts) await server.start();
  }, 120_000);
  beforeEach(() => {
    renew(mlflowTrack('organ'));
  });
  afterEach(async () => {
    const { proxy, trackers } = get();
    for (const tracker of trackers.splice(0)) await tracker.close();
    proxy.fault = () => null;
    proxy.seen.length = 0;
  });
  afterAll(async () => {
    bench?.run.dispose();
    await bench?.client.close();
    await bench?.proxy.close();
    await bench?.server.dispose();
  });

  const options = (uri: string) => {
    return { runDir: get().run.dir, env: { MLFLOW_TRACKING_URI: uri }, patience: PATIENCE, transport: HASTE };
  };
  const track = (uri: string, change: Partial<TrackingOptions> = {}): Tracker => {
    const tracker = startTracker({ ...options(uri), ...change });
    get().trackers.push(tracker);
    return tracker;
  };
  const sync = async (uri = get().server.uri) => await syncRun(options(uri));
  /** The one run that this test's run folder has on the server. */
  const onServer = async (name = 'organ'): Promise<MlflowRun> => {
    const { client, run } = get();
    const experiment = await client.experimentByName(name);
    const filter = `tags.\`exp.run_id\` = '${run.folder.id}'`;
    const found = await client.searchRuns({ experimentIds: [experiment?.experiment_id ?? ''], filter });
    const [only] = found;
    if (only === undefined || found.length !== 1) throw new Error(`${found.length} runs on the server instead of one`);
    return only;
  };
  const history = async (key: string) => {
    const rows = await get().client.metricHistory((await onServer()).info.run_id, key);
    return rows.toSorted((a, b) => a.step - b.step);
  };
  return () => ({ ...get(), renew, options, track, sync, onServer, history });
}

export async function until(condition: () => boolean, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await sleep(20);
  }
}

/** What our client has no call for. */
export async function post(uri: string, path: string, body: unknown): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${uri}/api/2.0/${path}`, init);
  if (!response.ok) throw new Error(await response.text());
}

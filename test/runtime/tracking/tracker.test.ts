import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flattenPlan } from '../../../compiler/plan/flatten.ts';
import type { Plan } from '../../../compiler/plan/schema.ts';
import { RESULTS_FOLDER } from '../../../runtime/results/files.ts';
import { PLAN_FILE, readPlanFile, SOURCE_FILE } from '../../../runtime/run/run-folder.ts';
import { checkTracking } from '../../../runtime/tracking/check.ts';
import type { Patience } from '../../../runtime/tracking/courier.ts';
import { DeliveryLock } from '../../../runtime/tracking/delivery-lock.ts';
import { MlflowClient } from '../../../runtime/tracking/mlflow-client.ts';
import type { MlflowRun } from '../../../runtime/tracking/mlflow-schema.ts';
import { resolveTarget } from '../../../runtime/tracking/target.ts';
import { startTracker, syncRun, type Tracker, type TrackingOptions } from '../../../runtime/tracking/tracker.ts';
import { freePort, MlflowServer, noMlflow } from '../../helpers/mlflow-server.ts';
import { mlflowTrack } from '../../helpers/tiny-plan.ts';
import { FaultProxy } from './fault-proxy.ts';
import { SampleRun, SOURCE } from './sample-run.ts';

const missing = noMlflow();

const PATIENCE: Patience = { batchMs: 50, retryMs: 50, maxRetryMs: 300, finalMs: 15_000, finalUploadMs: 15_000 };
/** Where the end is that nothing can be delivered. */
const IMPATIENCE: Patience = { ...PATIENCE, finalMs: 2000 };
const HASTE = { retry: { attempts: 1, baseMs: 5, maxMs: 20 }, timeoutMs: 1000, uploadTimeoutMs: 1000 };
const WEIGHTS = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 255));

describe.skipIf(missing !== null)(
  `the tracker and a real server${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: MlflowServer;
    let proxy: FaultProxy;
    let client: MlflowClient;
    let run: SampleRun;
    const trackers: Tracker[] = [];

    beforeAll(async () => {
      server = await MlflowServer.create();
      proxy = await FaultProxy.start(server.uri);
      const target = resolveTarget(server.uri, {});
      if (target !== null) client = new MlflowClient(target);
    });

    beforeEach(() => {
      run = new SampleRun(mlflowTrack('organ'));
    });

    afterEach(async () => {
      for (const tracker of trackers.splice(0)) await tracker.close();
      run.dispose();
      proxy.fault = () => null;
      proxy.seen.length = 0;
    });

    afterAll(async () => {
      await client?.close();
      await proxy?.close();
      await server?.dispose();
    });

    // First, because it is about a server that is not there yet; the others use the one that it leaves running.
    it('loses nothing to a server that starts late and is killed in the middle', { timeout: 240_000 }, async () => {
      const tracker = track(server.uri);
      run.start();
      await until(() => tracker.state().downSince !== null);
      expect(tracker.state()).toMatchObject({ delivered: 0, url: server.uri, problem: { code: 'EXP4401' } });
      run.epoch(1);
      await server.start();
      await until(() => tracker.state().queued === 0 && tracker.state().delivered > 0);
      expect(tracker.state()).toMatchObject({ downSince: null, problem: null });

      await server.kill();
      run.epoch(2);
      await until(() => tracker.state().downSince !== null);
      expect(tracker.state().queued).toBeGreaterThan(0);
      await server.start();
      run.finish();
      expect(await tracker.finished).toMatchObject({ complete: true, queued: 0, downSince: null });
      expect(await history('step.loss')).toHaveLength(8);
      expect((await history('val.dice')).map((row) => row.value)).toEqual([0.4, 0.8]);
    });

    it('tells a whole run as it was', async () => {
      const tracker = track(server.uri);
      run.start();
      run.epoch(1);
      run.epoch(2);
      await until(() => tracker.state().url?.includes('/#/experiments/') === true);
      expect((await onServer()).info.status).toBe('RUNNING');
      run.checkpoint('best', 2, WEIGHTS);
      run.finish();
      const result = await tracker.finished;
      expect(result).toMatchObject({ complete: true, queued: 0, problem: null, refused: [], notice: null });

      const { info, data, inputs } = await onServer();
      expect(result.url).toBe(`${server.uri}/#/experiments/${info.experiment_id}/runs/${info.run_id}`);
      const recorded = run.folder.info;
      expect(info).toMatchObject({ run_name: recorded.runId, status: 'FINISHED', start_time: recorded.createdAt });
      expect(info.end_time).toBeGreaterThan(recorded.createdAt);
      const params = Object.fromEntries(data.params.map(({ key, value }) => [key, value]));
      expect(params).toMatchObject({
        seed: '42',
        'optimizer.learning_rate': '0.0001',
        'model.blocks_down': '[1,2,2,4]',
      });
      expect(params).toEqual(Object.fromEntries(flattenPlan(readPlanFile(run.dir).plan)));
      expect(Object.fromEntries(data.tags.map(({ key, value }) => [key, value]))).toMatchObject({
        'exp.run_id': recorded.runId,
        'exp.plan_id': recorded.planId,
        'exp.profile': 'mac-test',
        'exp.host': 'workstation',
        'exp.engine': 'tensorflow-cpu',
        'exp.status': 'completed',
        'exp.expectations': 'broken: val.dice >= 0.90',
        'mlflow.runName': recorded.runId,
        'mlflow.source.name': 'experiments/tracked.exp',
        'mlflow.note.content': 'What a tracked run looks like',
      });
      expect(inputs.dataset_inputs).toMatchObject([
        {
          tags: [{ key: 'mlflow.data.context', value: 'training' }],
          dataset: {
            name: 'phantom',
            digest: '0123456789abcdef0123456789abcdef0123',
            source: '{"uri":"phantom"}',
            profile: '{"train_subjects":4,"validation_subjects":1,"test_subjects":1}',
          },
        },
      ]);
      const losses = await history('step.loss');
      expect(losses.map((row) => [row.step, row.value])).toEqual(
        [1, 2, 3, 4, 5, 6, 7, 8].map((step) => [step, 2 / step]),
      );
      expect(losses.every((row) => row.timestamp > recorded.createdAt)).toBe(true);
      expect((await history('val.dice')).map((row) => [row.step, row.value])).toEqual([
        [4, 0.4],
        [8, 0.8],
      ]);
      expect((await history('train.loss')).map((row) => [row.step, row.value])).toEqual([
        [4, 1],
        [8, 0.5],
      ]);
      expect((await history('epoch')).map((row) => [row.step, row.value])).toEqual([
        [4, 1],
        [8, 2],
      ]);
      expect((await history('system/system_memory_usage_megabytes')).map((row) => row.value)).toEqual([6000, 6000]);
      expect((await history('test.dice')).map((row) => row.value)).toEqual([0.75]);

      const download = (path: string) => client.downloadArtifact(info.artifact_uri, path);
      expect((await download(SOURCE_FILE)).toString('utf8')).toBe(SOURCE);
      expect((await download(PLAN_FILE)).equals(readFileSync(join(run.dir, PLAN_FILE)))).toBe(true);
      expect((await download('checkpoints/best/model weights.safetensors')).equals(WEIGHTS)).toBe(true);
    });

    it('names no subject on the server', async () => {
      run.start();
      run.epoch(1);
      run.finish();
      await track(server.uri).finished;
      expect(JSON.stringify(await onServer())).not.toContain('sub-0');
    });

    it.each([
      ['failed', 'FAILED'],
      ['stopped', 'KILLED'],
    ] as const)('ends a run that %s as %s', async (status, expected) => {
      run.start();
      run.finish(status);
      await track(server.uri).finished;
      expect((await onServer()).info.status).toBe(expected);
    });

    it('ends a run as killed whose trainer and launcher died without a word', async () => {
      run.start();
      run.epoch(1);
      run.release();
      expect(await sync()).toMatchObject({ complete: true });
      expect((await onServer()).info.status).toBe('KILLED');
    });

    it('goes on with the same run after a resume, and passes over the repeated steps', async () => {
      run.start();
      run.epoch(1);
      run.step(2, 5);
      run.step(2, 6);
      run.finish('failed');
      await track(server.uri).finished;
      expect((await onServer()).data.tags).toContainEqual({
        key: 'exp.error',
        value: 'EXP4201: the loss is not a number',
      });
      run.start(4);
      run.epoch(2);
      run.finish();
      expect(await track(server.uri).finished).toMatchObject({ complete: true });
      const { info, data } = await onServer();
      expect(info.status).toBe('FINISHED');
      expect(data.tags).toContainEqual({ key: 'exp.resumed_from_step', value: '4' });
      expect(data.tags).toContainEqual({ key: 'exp.error', value: '' });
      expect((await history('step.loss')).map((row) => row.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it('duplicates nothing when a sync follows a crash, with the journal or without it', async () => {
      run.start();
      run.epoch(1);
      const tracker = track(proxy.uri);
      await until(() => tracker.state().delivered > 0);
      run.epoch(2);
      run.checkpoint('best', 2, WEIGHTS);
      // The answer to the last batch never comes: delivered, but not in the journal.
      proxy.spoil('log-batch', 1, { kind: 'cut' });
      await until(() => proxy.count('log-batch') > 1);
      await tracker.close();
      run.finish();
      for (let time = 0; time < 2; time += 1) {
        expect(await sync(proxy.uri)).toMatchObject({ complete: true, queued: 0 });
        await expectOneWholeRun();
      }
      const asked = proxy.seen.length;
      expect(await sync(proxy.uri)).toMatchObject({ complete: true, queued: 0 });
      expect(proxy.seen.length).toBe(asked);
      rmSync(join(run.dir, 'mlflow'), { recursive: true });
      expect(await sync(proxy.uri)).toMatchObject({ complete: true, queued: 0 });
      await expectOneWholeRun();
    });

    it('finds its run again when the answer to its creation was lost', async () => {
      proxy.spoil('runs/create', 1, { kind: 'hang' });
      run.start();
      run.epoch(1);
      run.finish();
      expect(await track(proxy.uri).finished).toMatchObject({ complete: true });
      expect(proxy.count('runs/create')).toBe(1);
      await onServer();
    });

    it.each([
      ['429', { kind: 'answer', status: 429, headers: { 'retry-after': '0' } }],
      ['500', { kind: 'answer', status: 500 }],
      ['silence', { kind: 'hang' }],
    ] as const)('gets through %s on every call', async (_, fault) => {
      const asked = new Set<string>();
      proxy.fault = ({ path }) => {
        const call = path.replace(/[?].*/, '');
        if (asked.has(call)) return null;
        asked.add(call);
        return fault;
      };
      run.start();
      run.epoch(1);
      run.checkpoint('best', 1, WEIGHTS);
      run.finish();
      const transport = { ...HASTE, timeoutMs: 400, uploadTimeoutMs: 400 };
      expect(await track(proxy.uri, { transport }).finished).toMatchObject({ complete: true, refused: [] });
      expect(asked.size).toBeGreaterThan(8);
      expect(await history('step.loss')).toHaveLength(4);
    });

    it('keeps the curves coming while the artifact store is in trouble, and uploads later', async () => {
      proxy.fault = ({ path }) =>
        path.includes('mlflow-artifacts') ? { kind: 'answer', status: 500, body: 'disk full' } : null;
      run.start();
      run.epoch(1);
      run.finish();
      const result = await track(proxy.uri, { patience: IMPATIENCE }).finished;
      expect(result).toMatchObject({ complete: false, queued: 3, problem: { status: 500 } });
      expect(result.notice).toContain('3 entries wait in the run folder, and `exp sync` delivers them');
      expect((await onServer()).info.status).toBe('FINISHED');
      proxy.fault = () => null;
      expect(await sync(proxy.uri)).toMatchObject({ complete: true, queued: 0 });
      expect((await client.listArtifacts((await onServer()).info.run_id, null)).map((file) => file.path)).toEqual([
        PLAN_FILE,
        RESULTS_FOLDER,
        SOURCE_FILE,
      ]);
    });

    it('tracks all but artifacts where the server does not pass them on', async () => {
      await post(server.uri, 'mlflow/experiments/create', {
        name: 'elsewhere',
        artifact_location: 's3://bucket/elsewhere',
      });
      run.dispose();
      run = new SampleRun(mlflowTrack('elsewhere'));
      run.start();
      run.epoch(1);
      run.finish();
      const result = await track(server.uri).finished;
      expect(result).toMatchObject({ complete: true, queued: 0, problem: null });
      expect(result.refused.map((refusal) => refusal.what)).toEqual([
        `artifact ${PLAN_FILE}`,
        `artifact ${SOURCE_FILE}`,
        `artifact ${RESULTS_FOLDER}`,
      ]);
      expect(result.notice).toContain(
        "keeps this experiment's artifacts in `s3:` storage and does not pass uploads on",
      );
      expect((await onServer('elsewhere')).info.status).toBe('FINISHED');
    });

    it('passes over what the server refuses, says so, and tells the rest', async () => {
      const key = 'optimizer.learning_rate';
      run.start();
      const tracker = track(server.uri);
      await until(() => tracker.state().delivered > 5 && tracker.state().queued === 0);
      await tracker.close();
      // As if the plan were another one: parameters are write-once.
      rmSync(join(run.dir, 'mlflow/journal.json'));
      run.epoch(1);
      run.finish();
      const changed = (plan: Plan): [string, string][] => [
        ...[...flattenPlan(plan)].filter(([name]) => name !== key),
        [key, '7'],
        ['added', 'yes'],
      ];
      const result = await syncRun({ ...options(server.uri), flatten: changed });
      expect(result).toMatchObject({ complete: true, refused: [{ what: `parameter ${key}` }] });
      expect(result.notice).toContain(`MLflow did not take parameter ${key}`);
      expect((await onServer()).data.params).toContainEqual({ key: 'added', value: 'yes' });
      expect(await history('step.loss')).toHaveLength(4);
    });

    it('asks to restore a run that was deleted on the server', async () => {
      run.start();
      const tracker = track(server.uri, { patience: IMPATIENCE });
      await until(() => tracker.state().delivered > 5 && tracker.state().queued === 0);
      const { info } = await onServer();
      await post(server.uri, 'mlflow/runs/delete', { run_id: info.run_id });
      run.epoch(1);
      run.finish();
      const result = await tracker.finished;
      expect(result).toMatchObject({ complete: false, problem: { serverCode: 'RUN_DELETED' } });
      expect(result.problem?.help).toContain(`mlflow runs restore --run-id ${info.run_id}`);
      await post(server.uri, 'mlflow/runs/restore', { run_id: info.run_id });
      expect(await sync()).toMatchObject({ complete: true });
      expect(await history('step.loss')).toHaveLength(4);
    });

    it('tells everything again to a server that has lost the run', async () => {
      run.start();
      run.epoch(1);
      run.finish();
      await track(server.uri).finished;
      const first = await onServer();
      const journal = join(run.dir, 'mlflow/journal.json');
      const gone = first.info.run_id.replace(/./g, '0');
      // A journal of a store that has been emptied since: its run id means nothing here.
      const text = readFileSync(journal, 'utf8')
        .replace(first.info.run_id, gone)
        .replace(/"sequence": \d+/, '"sequence": 2');
      writeFileSync(journal, text);
      expect(await sync()).toMatchObject({ complete: true });
      expect((await onServer()).info.run_id).toBe(first.info.run_id);
      expect(readFileSync(journal, 'utf8')).toContain(first.info.run_id);
      await expect(history('step.loss')).resolves.toHaveLength(4);
    });

    it('finds nothing wrong before a run when the server is there', async () => {
      expect(await checkTracking(server.uri, { experiment: 'organ', env: {} })).toBeNull();
      expect(await checkTracking(null, { experiment: 'not yet', env: { MLFLOW_TRACKING_URI: server.uri } })).toBeNull();
    });

    function options(uri: string) {
      return { runDir: run.dir, env: { MLFLOW_TRACKING_URI: uri }, patience: PATIENCE, transport: HASTE };
    }

    function track(uri: string, change: Partial<TrackingOptions> = {}): Tracker {
      const tracker = startTracker({ ...options(uri), ...change });
      trackers.push(tracker);
      return tracker;
    }

    async function sync(uri = server.uri) {
      return await syncRun(options(uri));
    }

    /** The one run that this test's run folder has on the server. */
    async function onServer(name = 'organ'): Promise<MlflowRun> {
      const experiment = await client.experimentByName(name);
      const filter = `tags.\`exp.run_id\` = '${run.folder.id}'`;
      const found = await client.searchRuns({ experimentIds: [experiment?.experiment_id ?? ''], filter });
      const [only] = found;
      if (only === undefined || found.length !== 1)
        throw new Error(`${found.length} runs on the server instead of one`);
      return only;
    }

    async function history(key: string) {
      const rows = await client.metricHistory((await onServer()).info.run_id, key);
      return rows.toSorted((a, b) => a.step - b.step);
    }

    async function expectOneWholeRun(): Promise<void> {
      const { info, inputs } = await onServer();
      expect(info.status).toBe('FINISHED');
      expect(inputs.dataset_inputs).toHaveLength(1);
      expect(await history('step.loss')).toHaveLength(8);
      expect(await history('val.dice')).toHaveLength(2);
      expect((await client.listArtifacts(info.run_id, 'checkpoints/best')).map((file) => file.path)).toEqual([
        'checkpoints/best/manifest.json',
        'checkpoints/best/model weights.safetensors',
        'checkpoints/best/weights.safetensors',
      ]);
    }
  },
);

describe('the tracker without an MLflow server', () => {
  let run: SampleRun;

  afterEach(() => run.dispose());

  function wholeRun(track: Plan['track']): void {
    run = new SampleRun(track);
    run.start();
    run.epoch(1);
    run.finish();
  }

  const options = (env: Record<string, string>) => ({
    runDir: run.dir,
    env,
    patience: IMPATIENCE,
    transport: HASTE,
  });

  it('keeps the run and names the address when nothing listens there', async () => {
    const uri = `http://127.0.0.1:${await freePort()}`;
    wholeRun(mlflowTrack('organ', uri));
    const message = `no MLflow server reached at ${uri}: nothing listens there`;
    expect(await checkTracking(uri, { env: {} })).toMatchObject({ code: 'EXP4401', message });
    const result = await startTracker(options({})).finished;
    expect(result).toMatchObject({ complete: false, delivered: 0, problem: { code: 'EXP4401', message } });
    expect(result.queued).toBeGreaterThan(10);
    expect(result.problem?.help).toContain('`mlflow server`');
  });

  it('says so when something else answers at the address', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>It works!</html>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const uri = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    wholeRun(mlflowTrack('organ', uri.replace('//', '//anna:hunter2@')));
    const message = `what answers at ${uri} is not an MLflow server (status 200, text/html)`;
    expect(await checkTracking(uri, { env: {} })).toMatchObject({ code: 'EXP4401', message });
    const result = await startTracker(options({})).finished;
    expect(result).toMatchObject({ complete: false, delivered: 0, problem: { message } });
    expect(JSON.stringify(result) + readFileSync(join(run.dir, 'mlflow/journal.json'), 'utf8')).not.toContain(
      'hunter2',
    );
    server.closeAllConnections();
    server.close();
  });

  it('stays local where no address is set, and says how to deliver later', async () => {
    wholeRun(mlflowTrack('organ'));
    const result = await startTracker(options({})).finished;
    expect(result).toMatchObject({ complete: false, url: null, problem: null });
    expect(result.notice).toBe(
      'no MLflow server is set, so tracking stays in the run folder; set MLFLOW_TRACKING_URI and `exp sync` delivers it',
    );
    expect(await syncRun(options({}))).toMatchObject({
      complete: false,
      problem: { code: 'EXP4401', message: 'no MLflow server is set' },
    });
  });

  it('does nothing for a plan that does not track', async () => {
    wholeRun(null);
    const result = await startTracker(options({ MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' })).finished;
    expect(result).toMatchObject({ complete: true, url: null, notice: null });
    expect(existsSync(join(run.dir, 'mlflow'))).toBe(false);
  });

  it('lets one process deliver a run at a time, and takes over from a dead one', async () => {
    const uri = `http://127.0.0.1:${await freePort()}`;
    wholeRun(mlflowTrack('organ', uri));
    const tracker = startTracker({ ...options({}), patience: { ...PATIENCE, finalMs: 60_000 } });
    await until(() => tracker.state().downSince !== null);
    expect(await syncRun(options({}))).toMatchObject({ problem: { serverCode: 'DELIVERY_BUSY' } });
    await tracker.close();
    const dead = { pid: 2 ** 22 - 1, host: (await import('node:os')).hostname() };
    writeFileSync(join(run.dir, 'mlflow/delivery.lock'), JSON.stringify(dead));
    expect(await syncRun(options({}))).toMatchObject({
      problem: { serverCode: null, message: expect.stringContaining(uri) },
    });
  });

  it('waits with a live run for another delivery to end', async () => {
    run = new SampleRun(mlflowTrack('organ', `http://127.0.0.1:${await freePort()}`));
    run.start();
    const other = DeliveryLock.acquire(run.dir);
    const tracker = startTracker(options({}));
    expect(tracker.state().problem).toMatchObject({ serverCode: 'DELIVERY_BUSY' });
    other.release();
    await until(() => tracker.state().downSince !== null);
    expect(tracker.state().problem).toMatchObject({ serverCode: null });
    await tracker.close();
  });

  it('stops at once when told to', async () => {
    run = new SampleRun(mlflowTrack('organ', `http://127.0.0.1:${await freePort()}`));
    run.start();
    const tracker = startTracker(options({}));
    await until(() => tracker.state().downSince !== null);
    await tracker.close();
    expect(await tracker.finished).toMatchObject({ complete: false });
  });
});

async function until(condition: () => boolean, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await sleep(20);
  }
}

async function post(uri: string, path: string, body: unknown): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${uri}/api/2.0/${path}`, init);
  if (!response.ok) throw new Error(await response.text());
}

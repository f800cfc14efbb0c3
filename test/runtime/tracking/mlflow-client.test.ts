import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TrackingError } from '../../../runtime/errors.ts';
import { MlflowClient } from '../../../runtime/tracking/mlflow-client.ts';
import type { MlflowRun } from '../../../runtime/tracking/mlflow-schema.ts';
import { resolveTarget, type TrackingEnvironment } from '../../../runtime/tracking/target.ts';
import type { TransportOptions } from '../../../runtime/tracking/transport.ts';
import { MlflowServer, noMlflow } from '../../helpers/mlflow-server.ts';
import { FaultProxy } from './fault-proxy.ts';

const missing = noMlflow();
const QUICK: TransportOptions = { retry: { attempts: 3, baseMs: 5, maxMs: 2000 }, timeoutMs: 400 };

describe.skipIf(missing !== null)(
  `the MLflow client against a real server${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: MlflowServer;
    let proxy: FaultProxy;
    let client: MlflowClient;
    let experiments = 0;
    const opened: MlflowClient[] = [];

    beforeAll(async () => {
      server = await MlflowServer.create();
      await server.start();
      proxy = await FaultProxy.start(server.uri);
      client = connect(server.uri, {});
    }, 240_000);

    afterEach(() => {
      proxy.fault = () => null;
      proxy.hostHeader = null;
      proxy.seen.length = 0;
    });

    afterAll(async () => {
      for (const each of opened) await each.close();
      await proxy?.close();
      await server?.dispose();
    });

    it('finds no experiment, makes one, and finds it afterwards', async () => {
      expect(await client.experimentByName('brand new / 100 %')).toBeNull();
      const made = await client.ensureExperiment('brand new / 100 %');
      expect((await client.ensureExperiment('brand new / 100 %')).experiment_id).toBe(made.experiment_id);
    });

    it('ends with one experiment when two make it at the same moment', async () => {
      const both = await Promise.all(Array.from({ length: 6 }, () => client.ensureExperiment('contested')));
      expect(new Set(both.map((experiment) => experiment.experiment_id)).size).toBe(1);
    });

    it('says how to restore a deleted experiment', async () => {
      const { experiment_id } = await client.ensureExperiment('thrown away');
      await post(server.uri, 'mlflow/experiments/delete', { experiment_id });
      await expect(client.ensureExperiment('thrown away')).rejects.toMatchObject({
        message: `the experiment \`thrown away\` at ${server.uri} was deleted, and its name is still taken`,
        help: `bring it back with \`mlflow experiments restore --experiment-id ${experiment_id}\`, or track under another name`,
      });
      await post(server.uri, 'mlflow/experiments/restore', { experiment_id });
      expect((await client.ensureExperiment('thrown away')).experiment_id).toBe(experiment_id);
    });

    it('carries a batch beyond every limit whole', async () => {
      const run = await newRun();
      const metrics = Array.from({ length: 2300 }, (_, step) => ({
        key: 'long',
        value: step / 7,
        timestamp: 1000 + step,
        step,
      }));
      const params = Array.from({ length: 230 }, (_, index) => ({
        key: `p.${index}`,
        value: String(index).repeat(2000).slice(0, 6000),
      }));
      const tags = Array.from({ length: 130 }, (_, index) => ({ key: `t.${index}`, value: 'ä'.repeat(4000) }));
      await client.logBatch(run.info.run_id, { metrics, params, tags });
      const history = await client.metricHistory(run.info.run_id, 'long');
      expect(history.toSorted((a, b) => a.step - b.step)).toEqual(metrics);
      const { data } = await client.getRun(run.info.run_id);
      expect(data.params.toSorted(byKey)).toEqual(params.toSorted(byKey));
      expect(data.tags.filter((tag) => tag.key.startsWith('t.')).toSorted(byKey)).toEqual(tags.toSorted(byKey));
    });

    it('carries numbers that JSON does not know', async () => {
      const run = await newRun();
      const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324];
      const metrics = values.map((value, step) => ({ key: 'odd', value, timestamp: step, step }));
      await client.logBatch(run.info.run_id, { metrics, params: [], tags: [] });
      const read = await client.metricHistory(run.info.run_id, 'odd');
      // SQL stores have no infinities: MLflow keeps the largest numbers in their place.
      expect(read.toSorted((a, b) => a.step - b.step).map((metric) => metric.value)).toEqual([
        Number.NaN,
        Number.MAX_VALUE,
        -Number.MAX_VALUE,
        5e-324,
      ]);
    });

    it('keeps an equal metric row once, which is what makes a repeated delivery safe', async () => {
      const run = await newRun();
      const metrics = [Number.NaN, 0.5].map((value, step) => ({ key: 'twice', value, timestamp: 7, step }));
      for (let time = 0; time < 3; time += 1) await client.logBatch(run.info.run_id, { metrics, params: [], tags: [] });
      expect(await client.metricHistory(run.info.run_id, 'twice')).toHaveLength(2);
    });

    it('refuses another value for a parameter in the words of the server', async () => {
      const run = await newRun();
      const log = (value: string) =>
        client.logBatch(run.info.run_id, { metrics: [], params: [{ key: 'seed', value }], tags: [] });
      await log('1');
      await log('1');
      await expect(log('2')).rejects.toMatchObject({
        code: 'EXP4401',
        status: 400,
        serverCode: 'INVALID_PARAMETER_VALUE',
      });
    });

    it('finds runs by tag, and pages through many', async () => {
      const { experiment_id: experimentId } = await client.ensureExperiment('search');
      for (const name of ['a', 'b', 'c'])
        await client.createRun({ experimentId, name, startTime: 1, tags: [{ key: 'who', value: name }] });
      const found = await client.searchRuns({ experimentIds: [experimentId], filter: "tags.`who` = 'b'" });
      expect(found.map((run) => run.info.run_name)).toEqual(['b']);
      expect(await client.searchRuns({ experimentIds: [experimentId], filter: '', maxResults: 2 })).toHaveLength(2);
    });

    it('stores artifacts of any name and size, and replaces them', async () => {
      const run = await newRun();
      const folder = mkdtempSync(join(tmpdir(), 'exp-artifact-'));
      const big = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
      try {
        for (const [path, bytes] of [
          ['deep/ä b (1).bin', Buffer.from('old')],
          ['deep/ä b (1).bin', big],
          ['empty', Buffer.alloc(0)],
        ] as const) {
          writeFileSync(join(folder, 'file'), bytes);
          await client.uploadArtifact(run.info.artifact_uri, path, join(folder, 'file'));
        }
        expect((await client.downloadArtifact(run.info.artifact_uri, 'deep/ä b (1).bin')).equals(big)).toBe(true);
        expect(await client.listArtifacts(run.info.run_id, 'deep')).toEqual([
          { path: 'deep/ä b (1).bin', is_dir: false, file_size: big.length },
        ]);
        expect(await client.downloadArtifact(run.info.artifact_uri, 'empty')).toHaveLength(0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('reports the plain text with which a server refuses a foreign host', async () => {
      proxy.hostHeader = 'elsewhere.example.org';
      await expect(connect(proxy.uri, {}).experimentByName('x')).rejects.toMatchObject({
        status: 403,
        message: `MLflow at ${proxy.uri} forbids this (403): Invalid Host header - possible DNS rebinding attack detected`,
        help: expect.stringContaining('--allowed-hosts'),
      });
    });

    it.each([
      ['429 with Retry-After', { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }],
      ['500', { kind: 'answer', status: 500, body: 'Internal Server Error' }],
      ['503', { kind: 'answer', status: 503 }],
      ['a lost answer', { kind: 'hang' }],
      ['a cut connection', { kind: 'cut' }],
    ] as const)('gets through %s, and tells nothing twice', async (_, fault) => {
      const run = await newRun();
      proxy.spoil('log-batch', 2, fault);
      const metrics = [{ key: 'loss', value: 0.25, timestamp: 5, step: 1 }];
      await connect(proxy.uri, {}).logBatch(run.info.run_id, { metrics, params: [], tags: [] });
      expect(proxy.count('log-batch')).toBe(3);
      expect(await client.metricHistory(run.info.run_id, 'loss')).toEqual(metrics);
    });

    it('does not repeat the creation of a run, whose outcome it cannot know', async () => {
      const { experiment_id: experimentId } = await client.ensureExperiment('once');
      proxy.spoil('runs/create', 1, { kind: 'hang' });
      const create = connect(proxy.uri, {}).createRun({ experimentId, name: 'only', startTime: 1, tags: [] });
      await expect(create).rejects.toMatchObject({
        status: null,
        message: expect.stringContaining('no answer for 0.4 s'),
      });
      expect(await client.searchRuns({ experimentIds: [experimentId], filter: '' })).toHaveLength(1);
    });

    it('sends credentials, and never shows them', async () => {
      const withSecret = proxy.uri.replace('http://', 'http://anna:hunter2@');
      proxy.fault = () => ({ kind: 'answer', status: 401 });
      const error = await connect(withSecret, { MLFLOW_TRACKING_TOKEN: '' })
        .experimentByName('x')
        .catch((caught: unknown) => caught);
      expect(proxy.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('anna:hunter2').toString('base64')}`);
      expect(error).toBeInstanceOf(TrackingError);
      expect(JSON.stringify([String(error), error])).not.toContain('hunter2');
      await connect(withSecret, { MLFLOW_TRACKING_TOKEN: 'tok3n', MLFLOW_WORKSPACE: 'lab' })
        .experimentByName('x')
        .catch(() => {});
      expect(proxy.seen.at(-1)?.headers).toMatchObject({ authorization: 'Bearer tok3n', 'x-mlflow-workspace': 'lab' });
    });

    function connect(uri: string, env: TrackingEnvironment): MlflowClient {
      const target = resolveTarget(uri, env);
      if (target === null) throw new Error('no target');
      const connected = new MlflowClient(target, uri === server.uri ? {} : QUICK);
      opened.push(connected);
      return connected;
    }

    async function newRun(): Promise<MlflowRun> {
      experiments += 1;
      const { experiment_id: experimentId } = await client.ensureExperiment(`client ${experiments}`);
      return await client.createRun({ experimentId, name: 'r', startTime: 1, tags: [] });
    }
  },
);

function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1;
}

async function post(uri: string, path: string, body: unknown): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${uri}/api/2.0/${path}`, init);
  if (!response.ok) throw new Error(await response.text());
}

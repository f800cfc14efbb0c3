import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MlflowClient } from '../../../runtime/tracking/mlflow-client.ts';
import { modelVersionResponseSchema } from '../../../runtime/tracking/mlflow-models.ts';
import type { MlflowRun } from '../../../runtime/tracking/mlflow-schema.ts';
import { resolveTarget } from '../../../runtime/tracking/target.ts';
import { syncRun } from '../../../runtime/tracking/tracker.ts';
import { askPython } from '../../helpers/ask-python.ts';
import { MlflowServer, noMlflow } from '../../helpers/mlflow-server.ts';
import { mlflowTrack } from '../../helpers/tiny-plan.ts';
import { FaultProxy } from './fault-proxy.ts';
import { SampleRun } from './sample-run.ts';

const missing = noMlflow();

const PATIENCE = { batchMs: 20, retryMs: 20, maxRetryMs: 100, finalMs: 20_000, finalUploadMs: 20_000 };
const WEIGHTS = Buffer.from('weights');

/** What MLflow's own Python client says. */
interface Told {
  readonly models: readonly {
    readonly name: string;
    readonly status: string;
    readonly params: Readonly<Record<string, string>>;
    readonly metrics: Readonly<Record<string, number>>;
    readonly flavors: readonly string[];
    readonly files: readonly string[];
  }[];
  /** Steps. */
  readonly outputs: readonly number[];
  readonly table: readonly Readonly<Record<string, unknown>>[];
}

describe.skipIf(missing !== null)(
  `the best model on a real server${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: MlflowServer;
    let proxy: FaultProxy;
    let client: MlflowClient;
    const runs: SampleRun[] = [];

    beforeAll(async () => {
      server = await MlflowServer.create();
      await server.start();
      proxy = await FaultProxy.start(server.uri);
      const target = resolveTarget(server.uri, {});
      if (target !== null) client = new MlflowClient(target);
    }, 120_000);

    afterEach(() => {
      for (const run of runs.splice(0)) run.dispose();
      proxy.fault = () => null;
      proxy.seen.length = 0;
    });

    afterAll(async () => {
      await client?.close();
      await proxy?.close();
      await server?.dispose();
    });

    function trained(registered: string | null, alias: string | null): SampleRun {
      const run = new SampleRun({ ...mlflowTrack('models'), register: registered, alias });
      runs.push(run);
      run.start();
      run.epoch(1);
      run.epoch(2);
      run.checkpoint('best', 2, WEIGHTS);
      return run;
    }

    const deliver = (run: SampleRun) =>
      syncRun({ runDir: run.dir, env: { MLFLOW_TRACKING_URI: proxy.uri }, patience: PATIENCE });

    async function onServer(run: SampleRun): Promise<MlflowRun> {
      const experiment = await client.experimentByName('models');
      const found = await client.searchRuns({
        experimentIds: [experiment?.experiment_id ?? ''],
        filter: `tags.\`exp.run_id\` = '${run.folder.id}'`,
      });
      const [only] = found;
      if (only === undefined || found.length > 1) throw new Error(`${found.length} runs on the server`);
      return only;
    }

    const modelsOf = ({ info }: MlflowRun) =>
      client.models.search(info.experiment_id, `source_run_id = '${info.run_id}'`);

    /** Those that a run has made. */
    async function versionsOf(name: string, run: SampleRun) {
      const versions = await client.models.versionsOf(name, (await onServer(run)).info.run_id);
      return versions.map(({ version }) => version).sort();
    }

    async function championOf(name: string): Promise<string> {
      const query = new URLSearchParams({ name, alias: 'champion' });
      const answer = await fetch(`${server.uri}/api/2.0/mlflow/registered-models/alias?${query}`);
      return modelVersionResponseSchema.parse(await answer.json()).model_version.version;
    }

    it('is a logged model with its files, parameters and metrics, tied to the run', async () => {
      const run = trained(null, null);
      run.finish();
      expect(await deliver(run)).toMatchObject({ complete: true, refused: [] });
      const { info } = await onServer(run);
      const question = { uri: server.uri, run_id: info.run_id };
      const { models, outputs, table } = askPython<Told>(new URL('read_models.py', import.meta.url), question);
      expect(models).toEqual([
        {
          name: 'tracked',
          status: 'READY',
          params: expect.objectContaining({ 'model.init_filters': '16', 'optimizer.learning_rate': '0.0001' }),
          metrics: { 'val.dice': 0.8, 'test.dice': 0.75 },
          flavors: ['voxel_exp'],
          files: ['MLmodel', 'plan.json', 'weights.safetensors'],
        },
      ]);
      expect(outputs).toEqual([8]);
      expect(table).toEqual([{ case: 'sub-05', set: 'validation', dice: 0.8 }]);
    });

    it('adds no row to the curves of the run', async () => {
      const run = trained(null, null);
      run.finish();
      await deliver(run);
      const history = await client.metricHistory((await onServer(run)).info.run_id, 'val.dice');
      expect(history.map(({ step, value }) => [step, value])).toEqual([
        [4, 0.4],
        [8, 0.8],
      ]);
    });

    it.each([
      'logged-models/search',
      'mlflow/logged-models',
      'artifacts/MLmodel',
      'runs/outputs',
      'registered-models/create',
      'model-versions/create',
      'registered-models/alias',
      'model-versions/set-tag',
    ])('is there once although the answer to %s was lost', async (call) => {
      const name = `once-${call.replaceAll('/', '-')}`;
      const run = trained(name, 'champion');
      run.finish();
      let cut = false;
      proxy.fault = ({ path }) => {
        if (cut || !path.replace(/[?].*/, '').endsWith(call)) return null;
        cut = true;
        return { kind: 'cut' };
      };
      expect(await deliver(run)).toMatchObject({ complete: true, refused: [] });
      expect(cut).toBe(true);
      const there = await onServer(run);
      expect(await modelsOf(there)).toMatchObject([{ status: 'LOGGED_MODEL_READY' }]);
      expect(there.outputs.model_outputs).toHaveLength(1);
      expect(await versionsOf(name, run)).toEqual(['1']);
      expect(await championOf(name)).toBe('1');
    });

    it('becomes another version, with the alias, when the resumed run got better', async () => {
      const run = trained('better', 'champion');
      run.finish();
      await deliver(run);
      run.start(8);
      run.checkpoint('best', 2, Buffer.from('better weights'), 'beef'.repeat(16));
      run.finish();
      expect(await deliver(run)).toMatchObject({ complete: true, refused: [] });
      expect(await modelsOf(await onServer(run))).toHaveLength(2);
      expect(await versionsOf('better', run)).toEqual(['1', '2']);
      expect(await championOf('better')).toBe('2');
    });

    it('leaves an alias alone that somebody has moved since', async () => {
      const run = trained('moved', 'champion');
      run.finish();
      await deliver(run);
      const other = trained('moved', null);
      other.finish();
      await deliver(other);
      await client.models.setAlias('moved', 'champion', '2');
      // A journal that is lost makes everything be told again.
      run.forgetDelivery();
      expect(await deliver(run)).toMatchObject({ complete: true, refused: [] });
      expect(await versionsOf('moved', run)).toEqual(['1']);
      expect(await championOf('moved')).toBe('2');
    });

    it.each(['failed', 'stopped'] as const)('is not put out by a run that %s', async (status) => {
      const run = trained('unfinished', null);
      run.finish(status);
      await deliver(run);
      expect(await modelsOf(await onServer(run))).toEqual([]);
    });
  },
);

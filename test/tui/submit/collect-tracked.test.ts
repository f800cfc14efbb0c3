import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateBinding } from '../../../runtime/engine/provision/locate.ts';
import { MlflowClient } from '../../../runtime/tracking/mlflow-client.ts';
import { resolveTarget } from '../../../runtime/tracking/target.ts';
import { exp, temporaryFolder } from '../../helpers/cli.ts';
import { MlflowServer, noMlflow } from '../../helpers/mlflow-server.ts';
import { repositoryRoot } from '../../helpers/python.ts';

/** Jobs that see no server, and a laptop that does: what they leave is delivered when it is collected. */

const skipped = noMlflow() ?? (locateBinding() === null ? 'no native engine' : null);
if (skipped !== null) console.info(`collecting into MLflow: skipped, ${skipped}`);

const folder = temporaryFolder({
  'handed.exp': `experiment handed {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  schedule { epochs: 2  keep_best: train.loss }
  predict: none
  track: mlflow(experiment: "handed")
  sweep {
    optimizer.learning_rate: [1e-2, 1e-4]
    stop: halving(after: 1 epoch, factor: 2)
  }
}
`,
});
const env = { EXP_CACHE_DIR: process.env.EXP_CACHE_DIR };
const submit = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
  exp(['submit', ...args], { cwd: folder, env: { ...env, ...more } });

describe.skipIf(skipped !== null)('exp submit collect, with a real MLflow server', () => {
  let server: MlflowServer;
  beforeAll(async () => {
    server = await MlflowServer.create();
    await server.start();
  }, 120_000);
  afterAll(async () => await server?.dispose());

  /** All runs of the experiment, with what they say of themselves. */
  async function delivered() {
    const target = resolveTarget(null, { MLFLOW_TRACKING_URI: server.uri });
    if (target === null) throw new Error('no target');
    const client = new MlflowClient(target);
    const experiment = await client.experimentByName('handed');
    const runs = await client.searchRuns({ experimentIds: [experiment?.experiment_id ?? ''], filter: '' });
    const told = runs.map(({ info, data }) => ({
      id: info.run_id,
      status: info.status,
      tags: new Map(data.tags.map(({ key, value }) => [key, value])),
      metrics: new Map(data.metrics.map(({ key, value }) => [key, value])),
    }));
    const children = told.filter(({ tags }) => tags.has('mlflow.parentRunId'));
    const history = await Promise.all(children.map(({ id }) => client.metricHistory(id, 'train.loss')));
    await client.close();
    return { told, children, rows: history.map((rows) => rows.length) };
  }

  it('delivers the runs below their parent, once however often it is called', { timeout: 240_000 }, async () => {
    const bin = `${process.execPath} ${join(repositoryRoot, 'bin/exp.mjs')}`;
    expect(submit(['handed.exp', '--to', 'slurm', '-o', 'there', '--exp', bin]).exitCode).toBe(0);
    for (const part of ['1/2', '2/2']) expect(submit(['work', 'there', '--part', part]).exitCode).toBe(0);

    const tracked = { MLFLOW_TRACKING_URI: server.uri };
    const collected = submit(['collect', 'there'], tracked);
    expect([collected.exitCode, collected.stderr]).toEqual([0, '']);
    expect(collected.stdout).toContain('2 runs brought home');
    expect(collected.stdout).toContain(`${server.uri}/#/experiments/`);
    const { told, children, rows } = await delivered();
    const parents = told.filter(({ tags }) => !tags.has('mlflow.parentRunId'));
    expect([parents.length, children.length]).toEqual([1, 2]);
    expect(parents[0]).toMatchObject({ status: 'FINISHED', id: children[0]?.tags.get('mlflow.parentRunId') });
    expect(children.map(({ status }) => status)).toEqual(['FINISHED', 'FINISHED']);
    expect([...rows].sort()).toEqual([1, 2]);

    // What the halving of the sweep held back says so there too.
    const held = children.find(({ tags }) => tags.get('exp.status') === 'stopped_early');
    expect(held?.tags.get('exp.halving')).toBe('held back after epoch 1: 1 of 1 others better');
    expect(parents[0]?.metrics.get('runs.held_back')).toBe(1);

    const again = submit(['collect', 'there'], tracked);
    expect([again.exitCode, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toContain('2 runs unchanged');
    const after = await delivered();
    expect([after.told.length, [...after.rows].sort()]).toEqual([3, [1, 2]]);
  });

  it('brings the runs home also where the server is away, and delivers them later', { timeout: 240_000 }, async () => {
    const away = submit(['collect', 'there', '--runs-dir', 'elsewhere'], { MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' });
    expect(away.exitCode).toBe(2);
    expect(away.stdout).toContain('2 runs brought home');
    expect(away.stderr).toContain('exp sync');
  });
});

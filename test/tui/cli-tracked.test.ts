import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { MlflowClient } from '../../runtime/tracking/mlflow-client.ts';
import { resolveTarget } from '../../runtime/tracking/target.ts';
import { exp, temporaryFolder } from '../helpers/cli.ts';
import { MlflowServer, noMlflow } from '../helpers/mlflow-server.ts';
import { repositoryRoot } from '../helpers/python.ts';

/** Runs that a server knows: who delivers them when nobody attends, and how they are shown and compared from there. */

const FILE = `experiment tracked {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 50% / 0% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: 2 }
  predict: none
  track: mlflow(experiment: "tracked")
}
`;

const missing = noMlflow() ?? (locateBinding() === null ? 'no native engine (exp setup)' : null);

describe.skipIf(missing !== null)(`tracked runs${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  const folder = temporaryFolder({
    'tracked.exp': FILE,
    'cut.exp': FILE.replace('mlflow(experiment: "tracked")', 'mlflow(experiment: "cut")'),
    'sweep.exp': FILE.replace(
      'track: mlflow(experiment: "tracked")',
      'track: mlflow(experiment: "swept", register: "organ", alias: "champion")\n  sweep { optimizer.learning_rate: [1e-3, 3e-3] }',
    ).replace('epochs: 2', 'epochs: 1'),
  });
  let server: MlflowServer;
  let client: MlflowClient;
  const env = () => ({ EXP_CACHE_DIR: process.env.EXP_CACHE_DIR, MLFLOW_TRACKING_URI: server.uri });
  const run = (...args: string[]) => exp(args, { cwd: folder, env: env() });

  beforeAll(async () => {
    server = await MlflowServer.create();
    await server.start();
    const target = resolveTarget(server.uri, {});
    if (target !== null) client = new MlflowClient(target);
  }, 120_000);

  afterAll(async () => {
    await client?.close();
    await server?.dispose();
  });

  async function runsOf(experiment: string) {
    const found = await client.experimentByName(experiment);
    return found === null ? [] : await client.searchRuns({ experimentIds: [found.experiment_id], filter: '' });
  }

  async function finishedRun(experiment: string) {
    for (;;) {
      const [found] = await runsOf(experiment);
      if (found?.info.status === 'FINISHED') return found;
      await sleep(200);
    }
  }

  it('a detached run is delivered by a process of its own', { timeout: 90_000 }, async () => {
    const { exitCode, stdout } = run('run', 'tracked.exp', '--detach');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('runs by itself');
    const { info, data } = await finishedRun('tracked');
    expect(data.metrics.map(({ key }) => key)).toContain('val.dice');
    // The last of all to be told.
    const journal = () => readFileSync(join(folder, 'runs', info.run_name, 'mlflow/journal.json'), 'utf8');
    while (!journal().includes('model checkpoints/best')) await sleep(200);
    expect(await client.models.search(info.experiment_id, `source_run_id = '${info.run_id}'`)).toHaveLength(1);
  });

  it('so is one whose lines nobody reads any more', { timeout: 90_000 }, async () => {
    const words = [process.execPath, join(repositoryRoot, 'bin/exp.mjs'), 'run', 'cut.exp', '--plain'];
    const { stdout, stderr } = spawnSync('sh', ['-c', `"$@" | head -n 1`, 'sh', ...words], {
      cwd: folder,
      env: { ...process.env, ...env() },
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^\S+ {2}run \S+-tracked-\w+: tracked\n$/);
    expect(stderr).toContain('runs by itself\n  watch it: exp watch ');
    expect((await finishedRun('cut')).data.metrics.map(({ key }) => key)).toContain('val.dice');
  });

  it('is shown from there as from here', async () => {
    const { info } = await finishedRun('tracked');
    const remote = run('show', `mlflow:${info.run_id}`);
    expect(remote).toMatchObject({ exitCode: 0, stderr: '' });
    expect(remote.stdout).toContain(info.run_name);
    expect(remote.stdout).toMatch(/model +SegResNet, init_filters 8/);
    expect(remote.stdout).toMatch(/val\.dice +0\.\d+ /);
    expect(remote.stdout).toContain('3 cases, mean dice');
    const byName = run('show', info.run_name, '--experiment', 'tracked', '--runs-dir', 'elsewhere', '--json');
    expect(JSON.parse(byName.stdout)).toMatchObject({ id: info.run_name, remote: { runId: info.run_id } });
    expect(run('show', info.run_name).stdout).toContain(`/runs/${info.run_id}`);
  });

  it('is the same run on both sides of a comparison', async () => {
    const { info } = await finishedRun('tracked');
    const { stdout, exitCode } = run('compare', info.run_name, `mlflow:${info.run_id}`, '--json');
    expect(exitCode).toBe(0);
    const { differences, metrics, cases } = JSON.parse(stdout);
    expect(differences).toEqual([]);
    expect(cases[0]).toMatchObject({ metric: 'dice', meanDifference: 0, test: { pairs: 0, pValue: null } });
    for (const { values } of metrics) expect(values[1]).toEqual(values[0]);
  });

  it('of a sweep, the best is registered, and the sweep can be read from the server', {
    timeout: 120_000,
  }, async () => {
    expect(run('run', 'sweep.exp', '--quiet').exitCode).toBe(0);
    const runs = await runsOf('swept');
    const parent = runs.find(({ data }) => data.params.some(({ key }) => key === 'sweep.optimizer.learning_rate'));
    const best = parent?.data.tags.find(({ key }) => key === 'exp.best_runs')?.value;
    const winner = runs.find(({ info }) => info.run_name === best);
    expect(await client.models.versionsOf('organ', winner?.info.run_id ?? '')).toMatchObject([{ version: '1' }]);
    for (const { info } of runs.filter((each) => each !== winner))
      expect(await client.models.versionsOf('organ', info.run_id)).toEqual([]);
    const local = JSON.parse(run('compare', 'latest', '--json').stdout).sweep;
    const remote = JSON.parse(run('compare', `mlflow:${parent?.info.run_id}`, '--json').stdout).sweep;
    expect(remote.trials).toEqual(local.trials);
    expect(remote.effects).toEqual(local.effects);
  });

  it('have the server’s own comparison as an address', async () => {
    const members = (await runsOf('swept')).filter(({ data }) =>
      data.tags.some(({ key }) => key === 'mlflow.parentRunId'),
    );
    const ids = members.map(({ info }) => info.run_id).slice(0, 2);
    expect(ids).toHaveLength(2);
    const { stdout } = run('compare', ...ids.map((id) => `mlflow:${id}`), '--mlflow');
    expect(stdout).toContain(`${server.uri}/#/compare-runs?runs=${encodeURIComponent(JSON.stringify(ids))}`);
  });

  it.each([
    [['show', 'mlflow:nonsense'], 'has no run with the id nonsense'],
    [['compare', 'nobody', 'latest', '--experiment', 'tracked'], 'has no run nobody'],
    [['compare', 'nobody', 'latest', '--experiment', 'nowhere'], 'has no experiment nowhere'],
  ])('%j says what is missing', (args, message) => {
    const { exitCode, stderr } = run(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('help:');
  });
});

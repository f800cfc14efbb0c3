import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { MlflowClient } from '../../runtime/tracking/mlflow-client.ts';
import { resolveTarget } from '../../runtime/tracking/target.ts';
import { exp, temporaryFolder } from '../helpers/cli.ts';
import { MlflowServer, noMlflow } from '../helpers/mlflow-server.ts';
import { repositoryRoot } from '../helpers/python.ts';

/** Sweeps and folds through the real command line, with real trainers on small phantoms. */

function experiment(settings: string, epochs = 1): string {
  return `experiment tiny {
  dataset phantom(subjects: 6, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: ${epochs} }
  predict: none
  ${settings}
}
`;
}

const folder = temporaryFolder({
  'plan.exp': experiment('sweep { optimizer.learning_rate: [1e-3, 3e-3] }\n  folds: 3'),
  'wrong.exp': experiment('sweep { model.init_filters: [8, 12]  seed: [1, 2] }'),
  'seeds.exp': experiment('sweep { seed: [1, 2, 3] }', 2),
  'lost.exp': experiment('sweep { dataset.root: ["nowhere", "phantoms"] }').replace(
    'phantom(subjects: 6, size: 24, seed: 1) {',
    'bids("phantoms") { image: "T1w"  label: "desc-manual_dseg" ',
  ),
  'expected.exp': experiment('sweep { seed: [1, 2] }\n  expect val.dice >= 1'),
  'budget.exp': experiment('budget: 3s', 20),
  'budgets.exp': experiment('budget: 1s\n  sweep { seed: [1, 2] }', 2),
  'unread.exp': experiment('sweep { seed: [1, 2, 3] }\n  track: mlflow(experiment: "tiny-unread")', 2),
  'tracked.exp': experiment('folds: 2\n  track: mlflow(experiment: "tiny-folds")'),
});
const env = { EXP_CACHE_DIR: process.env.EXP_CACHE_DIR };
const run = (...args: string[]) => exp(args, { cwd: folder, env });
const runsIn = (name: string) => ['--runs-dir', name] as const;

interface Shown {
  readonly id: string;
  readonly members: readonly {
    readonly status: string;
    readonly folder: string;
    readonly best: number | null;
    readonly error: { readonly code: string } | null;
  }[];
  readonly ranking: readonly { readonly value: number | null; readonly runs: readonly string[] }[];
}
const shown = (name: string): Shown => JSON.parse(run('show', 'latest', '--json', ...runsIn(name)).stdout);
/** The hash of the weights that a run ended with, and how often it was stopped before. */
function weightsOf(runDir: string): { readonly hash: string | null; readonly stops: number } {
  const ends = readEvents(runDir).filter((event) => event.type === 'run_finished');
  return {
    hash: ends.at(-1)?.weightsHash ?? null,
    stops: ends.filter(({ status }) => status === 'stopped').length,
  };
}
const statuses = (name: string) => shown(name).members.map(({ status }) => status);

describe('exp plan of a matrix', () => {
  it('says what varies, how many runs that makes, and shows one of them', () => {
    const { exitCode, stdout } = run('plan', 'plan.exp');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^optimizer\.learning_rate +\[1e-3, 3e-3\]$/m);
    expect(stdout).toMatch(/^folds +3, each/m);
    expect(stdout).toMatch(/^runs +6 runs/m);
    const member = JSON.parse(run('plan', 'plan.exp', '--member', '5', '--json').stdout);
    expect(member).toMatchObject({ optimizer: { learningRate: 3e-3 }, dataset: { fold: { index: 2, count: 3 } } });
    expect(JSON.parse(run('plan', 'plan.exp', '--json').stdout).matrix.members).toHaveLength(6);
    expect(run('plan', 'plan.exp', '--member', '7').stderr).toContain('there are 6 runs');
  });

  it('names the runs that a mistake refuses', () => {
    const { exitCode, stderr } = run('plan', 'wrong.exp');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error[EXP3013]');
    expect(stderr).toContain('2 of 4 runs cannot be:');
    expect(stderr).toContain('init_filters=12,seed=2');
  });
});

describe.skipIf(locateBinding() === null)('exp run of a matrix', () => {
  it('stops at Ctrl-C, and resume leaves alone what is complete', async () => {
    const args = [join(repositoryRoot, 'bin/exp.mjs'), 'run', 'seeds.exp', '--json', ...runsIn('cut')];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ...env } });
    let stdout = '';
    let isCut = false;
    child.stdout.on('data', (bytes) => {
      stdout += bytes;
      if (!isCut && stdout.includes('\n')) isCut = child.kill('SIGINT');
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
    const [first = '', ...rest] = statuses('cut');
    expect(first).toBe('completed');
    expect(rest).toContain('waiting');
    const record = () => readFileSync(join(shown('cut').members[0]?.folder ?? '', 'events.jsonl'), 'utf8');
    const before = record();
    const resumed = run('resume', 'latest', '--plain', ...runsIn('cut'));
    expect([resumed.exitCode, resumed.stderr]).toEqual([0, '']);
    expect(resumed.stdout).not.toMatch(/ 1\/3 seed=1/);
    expect(resumed.stdout).toMatch(/^\d\d:\d\d:\d\d {2}3\/3 seed=3: completed, val\.dice /m);
    expect(record()).toBe(before);
    const values = shown('cut').ranking.map(({ value }) => value ?? Number.NaN);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(run('runs', ...runsIn('cut')).stdout).toContain('3 of 3 runs');
    expect(run('show', 'latest', ...runsIn('cut')).stdout).toMatch(/^1 {2}\S+ +\d+ +\S+-00\d +completed/m);
    expect(run('show', `${shown('cut').id}-002`, ...runsIn('cut')).stdout).toMatch(/^completed/);
  }, 180_000);

  it('goes on after a run that failed, unless it is told not to', () => {
    expect(run('data', 'phantom', 'phantoms', '--subjects', '6', '--size', '24').exitCode).toBe(0);
    expect(run('run', 'lost.exp', '--quiet', ...runsIn('on')).exitCode).toBe(2);
    expect(shown('on').members.map(({ status, error }) => [status, error?.code ?? null])).toEqual([
      ['failed', 'EXP4101'],
      ['completed', null],
    ]);
    const segmented = run('predict', 'latest', 'phantoms', ...runsIn('on'));
    expect(segmented).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/name one of them, the best is \S+-002/),
    });
    expect(run('run', 'lost.exp', '--quiet', '--fail-fast', ...runsIn('off')).exitCode).toBe(2);
    expect(statuses('off')).toEqual(['failed', 'waiting']);
  }, 180_000);

  it('runs two at once where it may, prints a line of JSON for each, and exits with 3 when the best is not good enough', () => {
    const { exitCode, stdout } = run('run', 'expected.exp', '--json', '--jobs', '2', ...runsIn('two'));
    expect(exitCode).toBe(3);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line): { type: string } => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(['member_finished', 'member_finished', 'matrix_finished']);
  }, 120_000);
});

describe.skipIf(locateBinding() === null)('a budget', () => {
  it('stops a run with a checkpoint, and a larger one lets it go on', () => {
    const stopped = run('run', 'budget.exp', '--quiet', ...runsIn('paid'));
    expect(stopped.exitCode).toBe(2);
    expect(stopped.stderr).toMatch(/error\[EXP4602\]: the budget is used up: \S+ s of 3 s/);
    expect(stopped.stderr).toContain('at budget.exp:8:');
    expect(run('resume', 'latest', '--quiet', '--set', 'seed=2', ...runsIn('paid'))).toMatchObject({ exitCode: 1 });
    const resumed = run('resume', 'latest', '--quiet', '--set', 'budget=1h', ...runsIn('paid'));
    expect([resumed.exitCode, resumed.stderr]).toEqual([0, '']);
    const [id = ''] = readdirSync(join(folder, 'paid'));
    const plan = JSON.parse(readFileSync(join(folder, 'paid', id, 'plan.json'), 'utf8')).plan;
    expect(plan.budget).toEqual({ usd: null, hours: expect.closeTo(3 / 3600, 9) });
    // The checkpoint that it was stopped with lost nothing.
    expect(run('run', 'budget.exp', '--quiet', '--set', 'budget=none', ...runsIn('unpaid')).exitCode).toBe(0);
    const [other = ''] = readdirSync(join(folder, 'unpaid'));
    const [cut, undisturbed] = [join(folder, 'paid', id), join(folder, 'unpaid', other)].map(weightsOf);
    expect(cut?.stops).toBe(1);
    expect(cut?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(cut?.hash).toBe(undisturbed?.hash);
  }, 120_000);

  it('is one for all runs of a matrix', () => {
    const stopped = run('run', 'budgets.exp', '--quiet', ...runsIn('paid-all'));
    expect(stopped.exitCode).toBe(2);
    expect(stopped.stderr).toContain('error[EXP4602]');
    expect(statuses('paid-all')).toContain('waiting');
    expect(run('resume', 'latest', '--quiet', '--set', 'budget=none', ...runsIn('paid-all')).exitCode).toBe(0);
    expect(statuses('paid-all')).toEqual(['completed', 'completed']);
  }, 120_000);
});

const skipped = noMlflow() ?? (locateBinding() === null ? 'no native engine' : null);
if (skipped !== null) console.info(`folds on MLflow: skipped, ${skipped}`);

describe.skipIf(skipped !== null)('folds on a real MLflow server', () => {
  let server: MlflowServer;
  beforeAll(async () => {
    server = await MlflowServer.create();
    await server.start();
  }, 120_000);
  afterAll(async () => await server?.dispose());

  async function runsOf(experiment: string) {
    const target = resolveTarget(null, { MLFLOW_TRACKING_URI: server.uri });
    if (target === null) throw new Error('no target');
    const client = new MlflowClient(target);
    const found = await client.experimentByName(experiment);
    const runs = await client.searchRuns({ experimentIds: [found?.experiment_id ?? ''], filter: '' });
    await client.close();
    return runs;
  }

  it('end where nobody reads their lines any more, can go on, and none is left as running', async () => {
    const tracked = { ...env, MLFLOW_TRACKING_URI: server.uri };
    const words = [process.execPath, join(repositoryRoot, 'bin/exp.mjs'), 'run', 'unread.exp', '--plain'];
    const { stdout, stderr } = spawnSync('sh', ['-c', `"$@" | head -n 1`, 'sh', ...words, ...runsIn('unread')], {
      cwd: folder,
      env: { ...process.env, ...tracked },
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^\S+: 3 runs\n$/);
    expect(stderr).toContain(`continue: exp resume ${shown('unread').id}`);
    expect(statuses('unread')).toContain('waiting');
    expect((await runsOf('tiny-unread')).map(({ info }) => info.status)).not.toContain('RUNNING');
    const resumed = exp(['resume', 'latest', '--quiet', ...runsIn('unread')], { cwd: folder, env: tracked });
    expect([resumed.exitCode, statuses('unread')]).toEqual([0, ['completed', 'completed', 'completed']]);
  }, 180_000);

  it('are runs below one that tells what they came to', async () => {
    const tracked = { MLFLOW_TRACKING_URI: server.uri };
    const { exitCode, stdout } = exp(['run', 'tracked.exp', '--quiet', ...runsIn('tracked')], {
      cwd: folder,
      env: { ...env, ...tracked },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${server.uri}/#/experiments/`);
    const runs = await runsOf('tiny-folds');
    const tagOf = (each: (typeof runs)[number], key: string) => each.data.tags.find((tag) => tag.key === key)?.value;
    const [parent, ...others] = runs.filter((each) => tagOf(each, 'mlflow.parentRunId') === undefined);
    const children = runs.filter((each) => tagOf(each, 'mlflow.parentRunId') === parent?.info.run_id);
    expect([others.length, children.length, parent?.info.status]).toEqual([0, 2, 'FINISHED']);
    expect(parent?.data.params).toEqual(
      expect.arrayContaining([
        { key: 'folds', value: '2' },
        { key: 'runs', value: '2' },
      ]),
    );
    const best = parent?.data.metrics.find(({ key }) => key === 'best.val.dice')?.value;
    expect(best).toBeCloseTo(shown('tracked').ranking[0]?.value ?? Number.NaN, 6);
  }, 120_000);
});

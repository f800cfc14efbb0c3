import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateBinding } from '../../runtime/engine/provision/locate.ts';
import { readEvents } from '../../runtime/events/read.ts';
import { listMatrices, memberFolders } from '../../runtime/run/matrix-folder.ts';
import { MlflowClient } from '../../runtime/tracking/mlflow-client.ts';
import { resolveTarget } from '../../runtime/tracking/target.ts';
import { exp, temporaryFolder } from '../helpers/cli.ts';
import { engineEnvironment } from '../helpers/engine-environment.ts';
import { MlflowServer, noMlflow } from '../helpers/mlflow-server.ts';
import { repositoryRoot } from '../helpers/python.ts';
import { audit, runsOf } from './delivered.ts';

/** With more runs and more at once: EXP_SWEEP_RUNS=64 EXP_SWEEP_JOBS=16, or `npm run bench:sweep`. */
const isCampaign = process.env.EXP_SWEEP_RUNS !== undefined;
const members = Number(process.env.EXP_SWEEP_RUNS ?? 4);
const jobs = Number(process.env.EXP_SWEEP_JOBS ?? 4);

const SUBJECTS = 6;
const folder = temporaryFolder({
  'sweep.exp': `experiment crowd {
  dataset phantom(subjects: ${SUBJECTS}, size: 24, seed: 1) { split: 50% / 25% / 25% }
  model SegResNet { out_channels: 2  init_filters: 8 }
  patch: 16x16x16
  optimizer: adamw(learning_rate: 1e-3)
  schedule { epochs: 2 }
  cache: disk
  predict: none
  track: mlflow(experiment: "crowd")
  sweep { seed: [${Array.from({ length: members }, (_, index) => index + 1).join(', ')}] }
}
`,
});

const missing = noMlflow() ?? (locateBinding() === null ? 'no native engine' : null);
if (missing !== null) console.info(`many runs at once: skipped, ${missing}`);

describe.skipIf(missing !== null)('many runs of a sweep at once', () => {
  let server: MlflowServer;
  beforeAll(async () => {
    server = await MlflowServer.create();
    await server.start();
  }, 120_000);
  afterAll(async () => await server?.dispose());

  const timeout = 120_000 + 20_000 * members;
  it('share one server and one cache, and lose no record', { timeout }, async () => {
    const env = { ...engineEnvironment(join(folder, 'cache')), MLFLOW_TRACKING_URI: server.uri };
    const startedAt = performance.now();
    const args = [join(repositoryRoot, 'bin/exp.mjs'), 'run', 'sweep.exp', '--jobs', String(jobs), '--quiet'];
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let complaints = '';
    child.stderr.on('data', (text) => {
      complaints += text;
    });
    const [exitCode] = await once(child, 'close');
    const seconds = (performance.now() - startedAt) / 1000;
    // Nothing but that the rest goes out at the end, where the server was too busy for all of it meanwhile.
    expect(complaints).toMatch(/^(sending the rest to MLflow; [^\n]*\n)?$/);
    expect(exitCode).toBe(0);
    const target = resolveTarget(server.uri, {});
    if (target === null) throw new Error('no target');
    const client = new MlflowClient(target);
    const endedThere = (await runsOf(client, 'crowd')).filter(({ info }) => info.status === 'FINISHED').length;
    // A server that is slower than all patience: a user syncs.
    let syncs = 0;
    while (exp(['sync', 'latest'], { cwd: folder, env }).exitCode !== 0 && syncs < 20) syncs += 1;

    const [matrix] = listMatrices(join(folder, 'runs'));
    const local = matrix === undefined ? [] : memberFolders(matrix).map(({ run }) => run);
    const there = await runsOf(client, 'crowd');
    expect([local.length, there.length]).toEqual([members, members + 1]);
    let rows = 0;
    for (const run of local) {
      const remote = there.find(({ data }) =>
        data.tags.some(({ key, value }) => key === 'exp.run_id' && value === run.id),
      );
      if (remote === undefined) throw new Error(`${run.id} is not on the server`);
      const found = await audit(client, remote, run.dir);
      expect([run.id, found.status, found.faults]).toEqual([run.id, 'FINISHED', []]);
      rows += found.epochRows + found.otherRows;
    }
    await client.close();
    const cached = readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' });
    expect(cached.filter((path) => /\.(tmp|lock|new)$/.test(path))).toEqual([]);
    if (isCampaign) {
      const spans = local.map(({ dir }) => spanOf(dir));
      const most = Math.max(
        ...spans.map(({ from }) => spans.filter((span) => span.from <= from && from < span.to).length),
      );
      const files = cached.filter((path) => path.startsWith('data')).length;
      console.info(JSON.stringify({ members, jobs, most, seconds, endedThere, syncs, rows, files }));
    }
  });
});

function spanOf(runDir: string): { readonly from: number; readonly to: number } {
  const events = readEvents(runDir);
  return { from: events[0]?.time ?? 0, to: events.at(-1)?.time ?? 0 };
}

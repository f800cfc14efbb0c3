import { setPriority } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flattenPlan } from '../../compiler/plan/flatten.ts';
import { launchTrainer } from '../../runtime/run/launch.ts';
import { createRun } from '../../runtime/run/run-folder.ts';
import { MlflowClient } from '../../runtime/tracking/mlflow-client.ts';
import { resolveTarget } from '../../runtime/tracking/target.ts';
import { startTracker, syncRun, type TrackingOptions } from '../../runtime/tracking/tracker.ts';
import { temporaryFolder } from '../helpers/cli.ts';
import { engineEnvironment } from '../helpers/engine-environment.ts';
import { MlflowServer, noMlflow } from '../helpers/mlflow-server.ts';
import { mlflowTrack, tinyPlan, tinyPlanFile } from '../helpers/tiny-plan.ts';
import { bundlePrograms } from '../helpers/trainer-bundle.ts';
import { FaultProxy } from '../runtime/tracking/fault-proxy.ts';
import { audit, runsOf } from './delivered.ts';
import { goThrough, PATTERN, SHORT_PATTERN } from './outage-pattern.ts';
import { Pacer } from './paced-trainer.ts';

/** For an hour, with the patience that users have: `npm run bench:outage`, or EXP_OUTAGE_MINUTES=60. */
const minutes = Number(process.env.EXP_OUTAGE_MINUTES ?? 0);
const isCampaign = minutes > 0;
const totalMs = isCampaign ? minutes * 60_000 : 20_000;
const epochs = isCampaign ? Math.max(12, Math.round(minutes * 2)) : 12;
const inHaste: Partial<TrackingOptions> = {
  patience: { batchMs: 50, retryMs: 50, maxRetryMs: 500 },
  transport: { retry: { attempts: 1, baseMs: 5, maxMs: 20 }, timeoutMs: 2500, uploadTimeoutMs: 2500 },
};

const missing = noMlflow();
if (missing !== null) console.info(`outages of MLflow: skipped, ${missing}`);

describe.skipIf(missing !== null)('a run whose MLflow server is refused, silent, in error, busy and killed', () => {
  const folder = temporaryFolder();
  let server: MlflowServer;
  let proxy: FaultProxy;
  let entry = '';

  beforeAll(async () => {
    [entry = ''] = await bundlePrograms('runtime/training/trainer-main.ts');
    server = await MlflowServer.create();
    proxy = await FaultProxy.start(server.uri);
    await server.start();
  }, 120_000);

  afterAll(async () => {
    await proxy?.close();
    await server?.dispose();
  });

  it('ends with every epoch, parameter and file in MLflow exactly once', { timeout: totalMs + 300_000 }, async () => {
    const { dir } = createRun({
      runsDir: join(folder, 'runs'),
      planFile: tinyPlanFile({
        track: mlflowTrack('outage', proxy.uri),
        schedule: { ...tinyPlan().schedule, epochs },
      }),
      source: 'experiment tiny {}\n',
      sourcePath: 'tiny.exp',
      baseDir: folder,
    });
    const environment = engineEnvironment(join(folder, 'cache'));
    const trainer = await launchTrainer(dir, { entry, environment });
    if (isCampaign) setPriority(trainer.pid, 19);
    const options: TrackingOptions = { runDir: dir, flatten: flattenPlan, env: {}, ...(isCampaign ? {} : inHaste) };
    const tracker = startTracker(options);
    const pacer = new Pacer(dir, trainer.pid);
    const startedAt = performance.now();
    const say = (text: string) => {
      if (!isCampaign) return;
      const { delivered, queued, problem } = tracker.state();
      const minute = ((performance.now() - startedAt) / 60_000).toFixed(1);
      console.info(
        `${minute} min: ${text}; ${delivered} delivered, ${queued} queued; ${problem?.message ?? 'no problem'}`,
      );
    };
    // The last epoch waits for the last phase, so that the files of the end meet it.
    const pace = (share: number) => pacer.allow(share < 1 ? share * (epochs - 1) : epochs);
    const report = await goThrough({ server, proxy }, isCampaign ? PATTERN : SHORT_PATTERN, totalMs, pace, say);
    pacer.release();
    const end = await trainer.ended;
    let told = await tracker.finished;
    // What a user does when `exp run` says that something is left.
    let syncs = 0;
    for (; !told.complete && syncs < 20; syncs++) told = await syncRun(options);

    const target = resolveTarget(server.uri, {});
    if (target === null) throw new Error('no target');
    const client = new MlflowClient(target);
    const there = await runsOf(client, 'outage');
    expect(there).toHaveLength(1);
    const [found] = await Promise.all(there.map((run) => audit(client, run, dir)));
    await client.close();
    if (isCampaign)
      console.info(JSON.stringify({ ...found, ...report, met: [...report.met], syncs, seen: proxy.seen.length }));
    expect(end.finished.status).toBe('completed');
    expect(told).toMatchObject({ complete: true, queued: 0, refused: [] });
    expect(found).toMatchObject({ status: 'FINISHED', faults: [] });
    expect(found?.epochRows).toBeGreaterThanOrEqual(3 * epochs);
    expect(report.killsInUploads).toBe(isCampaign ? 2 : 1);
    // A machine that is busy may be too slow for some of the short ones.
    const troubles = isCampaign ? (['silence', 'cut', 'error 500', 'error 503 in text', 'busy'] as const) : [];
    for (const trouble of troubles) expect(report.met.get(trouble) ?? 0, trouble).toBeGreaterThan(0);
  });
});

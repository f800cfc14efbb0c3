import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flattenPlan } from '../../../compiler/plan/flatten.ts';
import type { Plan } from '../../../compiler/plan/schema.ts';
import { RESULTS_FOLDER } from '../../../runtime/results/files.ts';
import { PLAN_FILE, SOURCE_FILE } from '../../../runtime/run/run-folder.ts';
import { syncRun } from '../../../runtime/tracking/tracker.ts';
import { noMlflow } from '../../helpers/mlflow-server.ts';
import { mlflowTrack } from '../../helpers/tiny-plan.ts';
import { HASTE, IMPATIENCE, PATIENCE, post, trackerBench, until, WEIGHTS } from './tracker-bench.ts';

const missing = noMlflow();
const skipped = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`the tracker and a real server in trouble${skipped}`, () => {
  const on = trackerBench({ starts: false });

  // First, because it is about a server that is not there yet; the others use the one that it leaves running.
  it('loses nothing to a server that starts late and is killed in the middle', { timeout: 240_000 }, async () => {
    const { server, run, track, history } = on();
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

  it.each([
    ['429', { kind: 'answer', status: 429, headers: { 'retry-after': '0' } }],
    ['500', { kind: 'answer', status: 500 }],
    ['silence', { kind: 'hang' }],
  ] as const)('gets through %s on every call', async (_, fault) => {
    const { proxy, run, track, history } = on();
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

  it('waits longer at the end for a server that asks for peace than for one that is away', async () => {
    const { proxy, run, track, renew } = on();
    const patience = { ...PATIENCE, finalMs: 300 };
    run.start();
    run.epoch(1);
    run.finish();
    // With waits of 0.3 s that lasts for more than two seconds.
    proxy.spoil('', 16, { kind: 'answer', status: 503, body: 'busy' });
    expect(await track(proxy.uri, { patience }).finished).toMatchObject({ complete: true, queued: 0 });

    const other = renew(mlflowTrack('organ'));
    other.start();
    other.finish();
    await proxy.refuse();
    const result = await track(proxy.uri, { patience }).finished;
    await proxy.accept();
    expect(result).toMatchObject({ complete: false, delivered: 0 });
  });

  it('keeps the curves coming while the artifact store is in trouble, and uploads later', async () => {
    const { proxy, client, run, track, sync, onServer } = on();
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
    const { server, track, onServer, renew } = on();
    await post(server.uri, 'mlflow/experiments/create', {
      name: 'elsewhere',
      artifact_location: 's3://bucket/elsewhere',
    });
    const run = renew(mlflowTrack('elsewhere'));
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
    expect(result.notice).toContain("keeps this experiment's artifacts in `s3:` storage and does not pass uploads on");
    expect((await onServer('elsewhere')).info.status).toBe('FINISHED');
  });

  it('passes over what the server refuses, says so, and tells the rest', async () => {
    const { server, run, track, onServer, history, options } = on();
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
    const { server, run, track, sync, onServer, history } = on();
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
    const { server, run, track, sync, onServer, history } = on();
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
});

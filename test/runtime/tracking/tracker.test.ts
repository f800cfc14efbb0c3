import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flattenPlan } from '../../../compiler/plan/flatten.ts';
import { PLAN_FILE, readPlanFile, SOURCE_FILE } from '../../../runtime/run/run-folder.ts';
import { checkTracking } from '../../../runtime/tracking/check.ts';
import { noMlflow } from '../../helpers/mlflow-server.ts';
import { SOURCE } from './sample-run.ts';
import { trackerBench, until, WEIGHTS } from './tracker-bench.ts';

const missing = noMlflow();
const skipped = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`the tracker tells a real server${skipped}`, () => {
  const on = trackerBench({ starts: true });

  it('tells a whole run as it was', async () => {
    const { server, client, run, track, onServer, history } = on();
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
    const digest = '0123456789abcdef0123456789abcdef0123';
    const source = '{"uri":"phantom"}';
    const set = (name: string, context: string, rows: number) => ({
      tags: [{ key: 'mlflow.data.context', value: context }],
      dataset: { name, digest, source, profile: `{"num_rows":${rows},"num_elements":${2 * rows}}` },
    });
    expect(inputs.dataset_inputs.toSorted((a, b) => (a.dataset.name < b.dataset.name ? -1 : 1))).toMatchObject([
      set('phantom', 'training', 4),
      set('phantom-test', 'testing', 1),
      set('phantom-validation', 'validation', 1),
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

  it('names no subject on the server in parameters, metrics, tags and data sets', async () => {
    const { server, run, track, onServer } = on();
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
    const { server, run, track, onServer } = on();
    run.start();
    run.finish(status);
    await track(server.uri).finished;
    expect((await onServer()).info.status).toBe(expected);
  });

  it('ends a run as killed whose trainer and launcher died without a word', async () => {
    const { run, sync, onServer } = on();
    run.start();
    run.epoch(1);
    run.release();
    expect(await sync()).toMatchObject({ complete: true });
    expect((await onServer()).info.status).toBe('KILLED');
  });

  it('goes on with the same run after a resume, and passes over the repeated steps', async () => {
    const { server, run, track, onServer, history } = on();
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
    const { proxy, run, track, sync } = on();
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
      await expectOneWholeRun(on());
    }
    const asked = proxy.seen.length;
    expect(await sync(proxy.uri)).toMatchObject({ complete: true, queued: 0 });
    expect(proxy.seen.length).toBe(asked);
    rmSync(join(run.dir, 'mlflow'), { recursive: true });
    expect(await sync(proxy.uri)).toMatchObject({ complete: true, queued: 0 });
    await expectOneWholeRun(on());
  });

  it('finds its run again when the answer to its creation was lost', async () => {
    const { proxy, run, track, onServer } = on();
    proxy.spoil('runs/create', 1, { kind: 'hang' });
    run.start();
    run.epoch(1);
    run.finish();
    expect(await track(proxy.uri).finished).toMatchObject({ complete: true });
    expect(proxy.count('runs/create')).toBe(1);
    await onServer();
  });

  it('finds nothing wrong before a run when the server is there', async () => {
    const { server } = on();
    expect(await checkTracking(server.uri, { experiment: 'organ', env: {} })).toBeNull();
    expect(await checkTracking(null, { experiment: 'not yet', env: { MLFLOW_TRACKING_URI: server.uri } })).toBeNull();
  });
});

async function expectOneWholeRun({ onServer, history, client }: ReturnType<ReturnType<typeof trackerBench>>) {
  const { info, inputs } = await onServer();
  expect(info.status).toBe('FINISHED');
  expect(inputs.dataset_inputs).toHaveLength(3);
  expect(await history('step.loss')).toHaveLength(8);
  expect(await history('val.dice')).toHaveLength(2);
  expect((await client.listArtifacts(info.run_id, 'checkpoints/best')).map((file) => file.path)).toEqual([
    'checkpoints/best/manifest.json',
    'checkpoints/best/model weights.safetensors',
    'checkpoints/best/weights.safetensors',
  ]);
}

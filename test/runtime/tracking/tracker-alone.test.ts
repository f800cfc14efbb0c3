import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../../compiler/plan/schema.ts';
import { checkTracking } from '../../../runtime/tracking/check.ts';
import { DeliveryLock } from '../../../runtime/tracking/delivery-lock.ts';
import { startTracker, syncRun } from '../../../runtime/tracking/tracker.ts';
import { freePort } from '../../helpers/mlflow-server.ts';
import { mlflowTrack } from '../../helpers/tiny-plan.ts';
import { SampleRun } from './sample-run.ts';
import { HASTE, IMPATIENCE, PATIENCE, until } from './tracker-bench.ts';

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
    const dead = { pid: 2 ** 22 - 1, host: hostname() };
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

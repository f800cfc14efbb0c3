import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MlflowClient } from '../../../runtime/tracking/mlflow-client.ts';
import { resolveTarget, type TrackingEnvironment } from '../../../runtime/tracking/target.ts';
import { startTracker, type TrackingResult } from '../../../runtime/tracking/tracker.ts';
import { temporaryFolder } from '../../helpers/cli.ts';
import { MlflowServer, noMlflow } from '../../helpers/mlflow-server.ts';
import { mlflowTrack } from '../../helpers/tiny-plan.ts';
import { bundlePrograms } from '../../helpers/trainer-bundle.ts';
import { authGate, type Certificates, forwardProxy, type Gate, makeCertificates, tlsGate } from './gates.ts';
import { SampleRun } from './sample-run.ts';

/** Whole runs, artifacts included, to a real server behind what institutions put in front of it. */

const folder = temporaryFolder();
const made = noMlflow() === null ? makeCertificates(folder) : null;
const missing = noMlflow() ?? (made === null ? 'no openssl' : null);
if (missing !== null) console.info(`ways to MLflow: skipped, ${missing}`);

describe.skipIf(missing !== null)('a tracking server is reached', { timeout: 60_000 }, () => {
  const certificates: Certificates = made ?? { authority: '', server: '', client: '' };
  const trusting = { MLFLOW_TRACKING_SERVER_CERT_PATH: certificates.authority };
  let server: MlflowServer;
  let port = 0;
  let experiments = 0;

  beforeAll(async () => {
    server = await MlflowServer.create({ workspaces: true });
    await server.start();
    port = Number(new URL(server.uri).port);
  }, 120_000);
  afterAll(async () => await server?.dispose());

  it.each([
    [
      'with user and password',
      { MLFLOW_TRACKING_USERNAME: 'anna', MLFLOW_TRACKING_PASSWORD: 'p:ä' },
      basic('anna:p:ä'),
    ],
    ['with a token', { MLFLOW_TRACKING_TOKEN: 't0k3n' }, 'Bearer t0k3n'],
  ])('%s, and not with others', async (_, env, authorization) => {
    const gate = await opened(authGate(port, authorization));
    const uri = `http://127.0.0.1:${gate.port}`;
    await expectArrives(uri, env);
    const refused = await deliver(uri, { MLFLOW_TRACKING_TOKEN: 'another' });
    expect(refused).toMatchObject({ complete: false, problem: { status: 401 } });
    expect(refused.notice).toContain('wants a sign-in');
    expect(JSON.stringify(refused)).not.toContain('another');
  });

  it('by TLS of an own authority that MLFLOW_TRACKING_SERVER_CERT_PATH names, and else it says what is missing', async () => {
    const gate = await opened(tlsGate(port, certificates));
    const uri = `https://127.0.0.1:${gate.port}`;
    const refused = await deliver(uri, {});
    expect(refused.problem?.message).toMatch(
      /certificate is not trusted; .*MLFLOW_TRACKING_SERVER_CERT_PATH or NODE_EXTRA/,
    );
    await expectArrives(uri, trusting);
  });

  it('by TLS without any check where MLFLOW_TRACKING_INSECURE_TLS says so', async () => {
    const gate = await opened(tlsGate(port, certificates));
    await expectArrives(`https://127.0.0.1:${gate.port}`, { MLFLOW_TRACKING_INSECURE_TLS: 'true' });
  });

  it('by TLS with the authority of NODE_EXTRA_CA_CERTS', async () => {
    const gate = await opened(tlsGate(port, certificates));
    const [program = ''] = await bundlePrograms('test/runtime/tracking/ask-server.ts');
    const ask = async (env: NodeJS.ProcessEnv) => {
      const uri = `https://127.0.0.1:${gate.port}`;
      const child = spawn(process.execPath, [program, uri], { env: { ...process.env, ...env } });
      const [answer] = await once(child.stdout, 'data');
      return String(answer);
    };
    expect(await ask({})).toContain('not trusted');
    expect(await ask({ NODE_EXTRA_CA_CERTS: certificates.authority })).toBe('all is well\n');
  });

  it('by TLS that asks who we are: MLFLOW_TRACKING_CLIENT_CERT_PATH', async () => {
    const gate = await opened(tlsGate(port, certificates, { asksForClient: true }));
    const uri = `https://127.0.0.1:${gate.port}`;
    expect(await deliver(uri, trusting)).toMatchObject({ complete: false });
    await expectArrives(uri, { ...trusting, MLFLOW_TRACKING_CLIENT_CERT_PATH: certificates.client });
  });

  it('through HTTP_PROXY, but not what NO_PROXY lists', async () => {
    const proxy = await opened(forwardProxy(port));
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
    await expectArrives('http://mlflow.test:5000', env);
    expect(proxy.seen[0]?.what).toMatch(/^GET http:\/\/mlflow\.test:5000\//);
    const before = proxy.seen.length;
    const without = await deliver('http://mlflow.test:5000', { ...env, NO_PROXY: 'localhost,.test' });
    expect(without.problem?.message).toMatch(/host name (is unknown|cannot be looked up)/);
    expect(proxy.seen).toHaveLength(before);
  });

  it('through HTTPS_PROXY with TLS to the server itself, and with credentials for the proxy', async () => {
    const gate = await opened(tlsGate(port, certificates));
    const proxy = await opened(forwardProxy(gate.port, basic('us:pw')));
    const refused = await deliver('https://mlflow.test', { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect(refused.problem?.message).toContain('the proxy wants a sign-in');
    const env = { ...trusting, HTTPS_PROXY: `http://us:pw@127.0.0.1:${proxy.port}` };
    await expectArrives('https://mlflow.test', env);
    expect(proxy.seen.at(-1)).toMatchObject({
      what: 'CONNECT mlflow.test:443',
      headers: { 'proxy-authorization': basic('us:pw') },
    });
    // Only the tunnel's end sees what is said.
    expect(proxy.seen.every(({ what }) => what.startsWith('CONNECT'))).toBe(true);
  });

  it('in the workspace of MLFLOW_WORKSPACE, and nothing of it shows in another', async () => {
    const made = await fetch(`${server.uri}/api/3.0/mlflow/workspaces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'radiology' }),
    });
    expect([made.status, made.ok ? '' : await made.text()]).toEqual([made.status, '']);
    const experiment = await expectArrives(server.uri, { MLFLOW_WORKSPACE: 'radiology' });
    expect(await clientOf(server.uri, {}).experimentByName(experiment)).toBeNull();
  });

  async function deliver(uri: string, env: TrackingEnvironment, experiment = 'refused'): Promise<TrackingResult> {
    const run = new SampleRun(mlflowTrack(experiment, uri));
    onTestFinished(() => run.dispose());
    run.start();
    run.epoch(1);
    run.finish();
    const patience = { batchMs: 20, retryMs: 50, maxRetryMs: 100, finalMs: 2000 };
    return await startTracker({ runDir: run.dir, env, patience }).finished;
  }

  async function expectArrives(uri: string, env: TrackingEnvironment): Promise<string> {
    experiments += 1;
    const experiment = `reached ${experiments}`;
    const told = await deliver(uri, env, experiment);
    expect([told.problem?.message ?? null, told.complete]).toEqual([null, true]);
    const client = clientOf(uri, env);
    const found = await client.experimentByName(experiment);
    const [run] = await client.searchRuns({ experimentIds: [found?.experiment_id ?? ''], filter: '' });
    expect(run?.info.status).toBe('FINISHED');
    expect((await client.listArtifacts(run?.info.run_id ?? '', null)).map(({ path }) => path)).toContain('plan.json');
    return experiment;
  }

  function clientOf(uri: string, env: TrackingEnvironment): MlflowClient {
    const target = resolveTarget(uri, env);
    if (target === null) throw new Error('no target');
    const client = new MlflowClient(target);
    onTestFinished(() => client.close());
    return client;
  }
});

async function opened<G extends Gate>(gate: Promise<G>): Promise<G> {
  const open = await gate;
  onTestFinished(() => open.close());
  return open;
}

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
}

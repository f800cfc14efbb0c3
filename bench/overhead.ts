import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { show } from './harness/compare.ts';
import { benchOptions } from './harness/options.ts';
import { referencePython } from './harness/python.ts';
import { type Metrics, record, Watch } from './harness/record.ts';
import { type RunOptions, runExperiment, stepsOf, writeExperiment } from './harness/runs.ts';

/**
 * What the screen and tracking cost a run whose steps are so short that it would show: the same run with `--quiet`, with the
 * screen on a terminal, and tracked by an MLflow server on this machine, in turn.
 *
 *   npm run bench:overhead -- [--quick]
 */

/** A local MLflow server; null where the reference Python has none. */
async function startServer(
  folder: string,
): Promise<{ readonly uri: string; readonly stop: () => Promise<void> } | null> {
  const python = referencePython();
  if (python === null) return null;
  const port = await freePort();
  const store = ['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`];
  const artifacts = ['--artifacts-destination', join(folder, 'artifacts')];
  const options = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  // In a process group of its own: it starts workers, which must end with it.
  const server = spawn(python, [...options, ...store, ...artifacts], { stdio: 'ignore', detached: true });
  const ended = new Promise<void>((resolve) => server.on('exit', () => resolve()).on('error', () => resolve()));
  const stop = async () => {
    if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGTERM');
    await ended;
  };
  const uri = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline && server.exitCode === null) {
    const isUp = await fetch(`${uri}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { uri, stop };
    await pause(250);
  }
  await stop();
  return null;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<unknown>((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const { quick } = benchOptions();
const folder = mkdtempSync(join(tmpdir(), 'exp-bench-overhead-'));
const server = await startServer(folder);
try {
  const common = [
    `dataset phantom(subjects: ${quick ? 12 : 40}, size: 32) { split: 80% / 20% / 0% }`,
    'model SegResNet { out_channels: 2  init_filters: 8 }',
    'patch: 24x24x24',
    `sampling: balanced(positive: 1, negative: 1, per_case: ${quick ? 4 : 8})`,
    'loss: dice_cross_entropy(include_background: true)',
    'optimizer: adamw(learning_rate: 1e-4)',
    'schedule { epochs: 2  validate: every 2 epochs }',
    'predict: none',
  ];
  const plain = writeExperiment(folder, 'plain', common);
  const tracked = writeExperiment(folder, 'tracked', [
    ...common,
    `track: mlflow(experiment: "bench", uri: "${server?.uri}")`,
  ]);
  const kinds: readonly { readonly subject: string; readonly path: string; readonly output: RunOptions['output'] }[] = [
    { subject: '--quiet', path: plain, output: '--quiet' },
    ...(process.platform === 'linux' ? [{ subject: 'screen', path: plain, output: 'screen' as const }] : []),
    ...(server === null ? [] : [{ subject: '--quiet, MLflow', path: tracked, output: '--quiet' as const }]),
  ];
  const rounds = quick ? 1 : 3;
  const watch = new Watch();
  watch.add(null);
  const measured = new Map<string, { readonly step_ms: number[]; readonly run_seconds: number[] }>();
  for (let round = 0; round < rounds; round++) {
    for (const { subject, path, output } of kinds) {
      const { seconds, events } = await runExperiment(path, join(folder, `runs-${round}-${subject}`), { output });
      const before = measured.get(subject) ?? { step_ms: [], run_seconds: [] };
      // The first steps are the engine's warm-up.
      before.step_ms.push(
        ...stepsOf(events)
          .slice(5)
          .map((step) => step.seconds * 1000),
      );
      before.run_seconds.push(seconds);
      measured.set(subject, before);
    }
  }
  const conditions = watch.conditions();
  for (const [subject, values] of measured) {
    const metrics: Metrics = { ...values };
    const name = 'SegResNet-8, 24³';
    record({ bench: 'overhead', case: name, subject, metrics, quick, conditions });
    show(name, subject, metrics);
  }
} finally {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}

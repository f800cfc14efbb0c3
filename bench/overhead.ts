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
 * What the screen and tracking cost a run: the same one with `--quiet`, with the screen on a terminal, and tracked by an
 * MLflow server on this machine, in turn. On a busy machine the clock says little of a hundredth: the processor time of the
 * trainer, and of the process beside it that draws and delivers, says what was taken from the training.
 *
 *   npm run bench:overhead -- [--quick] [--rounds N]
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

const { quick, rounds: asked } = benchOptions();
const folder = mkdtempSync(join(tmpdir(), 'exp-bench-overhead-'));
const server = await startServer(folder);

interface Kind {
  readonly subject: string;
  readonly path: string;
  readonly output: RunOptions['output'];
}

/** Of one run, after its first epoch. */
interface Turn {
  readonly stepsMs: readonly number[];
  readonly runSeconds: number;
  /** Of both processes, milliseconds a step. */
  readonly trainerMs: number;
  readonly attendantMs: number;
}

async function turn({ path, output }: Kind, runsDir: string): Promise<Turn> {
  const { seconds, events, processors } = await runExperiment(path, runsDir, { output });
  const steps = stepsOf(events).filter(({ epoch }) => epoch > 1);
  const perStep = (time: number | undefined) =>
    processors === null || time === undefined ? Number.NaN : (1000 * time) / processors.steps;
  return {
    stepsMs: steps.map((step) => step.seconds * 1000),
    runSeconds: seconds,
    trainerMs: perStep(processors?.trainer),
    attendantMs: perStep(processors?.attendant),
  };
}

/** What it takes more than the plain run of its round, in parts of that. */
function more(measured: number, plain: number): number[] {
  return Number.isFinite(measured) ? [measured / plain - 1] : [];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function metricsOf(turns: readonly Turn[], plain: readonly Turn[]): Metrics {
  const ratios = turns.flatMap((each, round) => {
    const beside = plain[round];
    return beside === undefined || turns === plain ? [] : [{ each, beside }];
  });
  const metrics: Metrics = {
    step_ms: turns.flatMap(({ stepsMs }) => stepsMs),
    trainer_cpu_ms: turns.map(({ trainerMs }) => trainerMs),
    attendant_cpu_ms: turns.map(({ attendantMs }) => attendantMs),
    step_more: ratios.flatMap(({ each, beside }) => more(mean(each.stepsMs), mean(beside.stepsMs))),
    trainer_cpu_more: ratios.flatMap(({ each, beside }) => more(each.trainerMs, beside.trainerMs)),
    // Of what the training itself takes: what the attendant does leaves the trainer that much less of the machine.
    attendant_cpu_more: ratios.flatMap(({ each, beside }) =>
      more(beside.trainerMs + each.attendantMs - beside.attendantMs, beside.trainerMs),
    ),
    run_seconds: turns.map(({ runSeconds }) => runSeconds),
  };
  return Object.fromEntries(Object.entries(metrics).filter(([, values]) => values.some(Number.isFinite)));
}

try {
  const common = [
    'dataset phantom(subjects: 25, size: 48) { split: 80% / 20% / 0% }',
    'model SegResNet { out_channels: 2  init_filters: 16 }',
    'patch: 40x40x40',
    'sampling: balanced(positive: 1, negative: 1, per_case: 3)',
    'loss: dice_cross_entropy(include_background: true)',
    'optimizer: adamw(learning_rate: 1e-4)',
    `schedule { epochs: ${quick ? 2 : 3}  validate: every 3 epochs }`,
    'predict: none',
  ];
  const plain = writeExperiment(folder, 'plain', common);
  const tracked = writeExperiment(folder, 'tracked', [
    ...common,
    `track: mlflow(experiment: "bench", uri: "${server?.uri}")`,
  ]);
  const kinds: readonly Kind[] = [
    { subject: '--quiet', path: plain, output: '--quiet' },
    ...(process.platform === 'linux' ? [{ subject: 'screen', path: plain, output: 'screen' as const }] : []),
    ...(server === null ? [] : [{ subject: '--quiet, MLflow', path: tracked, output: '--quiet' as const }]),
  ];
  const rounds = asked ?? (quick ? 1 : 2);
  const watch = new Watch();
  watch.add(null);
  const measured: Turn[][] = kinds.map(() => []);
  for (let round = 0; round < rounds; round++) {
    // Each begins a round in its turn, so that what drifts meets all of them.
    for (let place = 0; place < kinds.length; place++) {
      const index = (place + round) % kinds.length;
      const [kind, turns] = [kinds[index], measured[index]];
      if (kind === undefined || turns === undefined) continue;
      turns.push(await turn(kind, join(folder, `runs-${round}-${index}`)));
    }
  }
  const conditions = watch.conditions();
  for (const [index, { subject }] of kinds.entries()) {
    const metrics = metricsOf(measured[index] ?? [], measured[0] ?? []);
    const name = 'SegResNet-16, 40³';
    record({ bench: 'overhead', case: name, subject, metrics, quick, conditions });
    show(name, subject, metrics);
  }
} finally {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}

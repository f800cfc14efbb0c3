import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { medianOf } from '../compiler/quantiles.ts';
import type { RunEventOf } from '../runtime/events/schema.ts';
import { show } from './harness/compare.ts';
import { type LiveRun, processorSeconds } from './harness/live-run.ts';
import { medianInterval } from './harness/median-interval.ts';
import { benchOptions } from './harness/options.ts';
import { referencePython } from './harness/python.ts';
import { type Metrics, record, Watch } from './harness/record.ts';
import { type RunOptions, runExperiment, stepsOf, writeExperiment } from './harness/runs.ts';

/**
 * What the screen and tracking cost a run: while one run goes on, the process beside its trainer, which draws and delivers, is
 * halted and continued in turn, three seconds each, so that whatever drifts meets both. A step with that process is compared
 * with those of the two spans around it without. Half a second after each change, in which it makes up for what it could not do while
 * it was halted, is left out.
 *
 *   npm run bench:overhead -- [--quick] [--rounds N] [--only screen]
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

/** A part of a run, in milliseconds since 1970, as events have it. */
interface Span {
  readonly halted: boolean;
  readonly from: number;
  readonly to: number;
}

const SPAN_MS = 3000;
/** After each change: what was halted catches up. */
const SETTLE_MS = 500;
/** Those that the engine warms up in. */
const FIRST_STEPS = 25;

/** Halts and continues a process in turn; it is halted first and last. */
async function alternate(pid: number, spans: number): Promise<readonly Span[]> {
  const done: Span[] = [];
  try {
    for (let span = 0; span <= 2 * spans; span++) {
      const halted = span % 2 === 0;
      process.kill(pid, halted ? 'SIGSTOP' : 'SIGCONT');
      const from = Date.now() + SETTLE_MS;
      await pause(SETTLE_MS + SPAN_MS);
      done.push({ halted, from, to: Date.now() });
    }
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  return done;
}

/** Mean milliseconds of the steps that lie within a span as wholes. */
function stepWithin(steps: readonly RunEventOf<'step'>[], { from, to }: Span): number {
  const within = steps.filter(({ time, seconds }) => time - 1000 * seconds >= from && time <= to);
  return (1000 * within.reduce((sum, { seconds }) => sum + seconds, 0)) / within.length;
}

interface Kind {
  readonly subject: string;
  readonly path: string;
  readonly output: RunOptions['output'];
}

async function measure({ path, output }: Kind, runsDir: string, spans: number): Promise<Metrics> {
  let measured: readonly Span[] = [];
  const used = { trainer: 0, attendant: 0, seconds: 0 };
  const work = async ({ trainer, attendant }: LiveRun) => {
    const [from, before] = [
      performance.now(),
      { trainer: processorSeconds(trainer), attendant: processorSeconds(attendant) },
    ];
    measured = await alternate(attendant, spans);
    used.trainer = processorSeconds(trainer) - before.trainer;
    used.attendant = processorSeconds(attendant) - before.attendant;
    used.seconds = (performance.now() - from) / 1000;
  };
  const { events } = await runExperiment(path, runsDir, { output, during: { afterSteps: FIRST_STEPS, work } });
  const steps = measured.map((span) => stepWithin(stepsOf(events), span));
  const [halted, awake] = [true, false].map((which) => steps.filter((_, index) => measured[index]?.halted === which));
  const more = (awake ?? []).map(
    (step, i) => (2 * step) / ((halted?.[i] ?? Number.NaN) + (halted?.[i + 1] ?? Number.NaN)) - 1,
  );
  const interval = medianInterval(more);
  return {
    step_ms: awake ?? [],
    step_halted_ms: halted ?? [],
    step_more: more,
    ...(interval === null ? {} : { step_more_median: [...interval, medianOf(more)] }),
    attendant_cpu_share: [used.attendant / used.trainer],
    attendant_core_share: [used.attendant / used.seconds],
  };
}

const { quick, rounds, wants } = benchOptions();
const folder = mkdtempSync(join(tmpdir(), 'exp-bench-overhead-'));
const common = [
  'dataset phantom(subjects: 25, size: 48) { split: 80% / 20% / 0% }',
  'model SegResNet { out_channels: 2  init_filters: 16 }',
  'patch: 40x40x40',
  // One epoch longer than the bench: nothing comes between the steps.
  'sampling: balanced(positive: 1, negative: 1, per_case: 1000)',
  'loss: dice_cross_entropy(include_background: true)',
  'optimizer: adamw(learning_rate: 1e-4)',
  'schedule { epochs: 1 }',
  'predict: none',
];
const CASE = 'SegResNet-16, 40³';

async function measureKind(kind: Kind): Promise<void> {
  const watch = new Watch();
  watch.add(null);
  const metrics = await measure(kind, join(folder, `runs ${kind.subject}`), rounds ?? (quick ? 6 : 30));
  record({ bench: 'overhead', case: CASE, subject: kind.subject, metrics, quick, conditions: watch.conditions() });
  show(CASE, kind.subject, metrics);
}

try {
  const plain = writeExperiment(folder, 'plain', common);
  if (wants('--quiet')) await measureKind({ subject: '--quiet', path: plain, output: '--quiet' });
  if (wants('screen')) await measureKind({ subject: 'screen', path: plain, output: 'screen' });
  const server = wants('MLflow') ? await startServer(folder) : null;
  if (server !== null) {
    try {
      const track = `track: mlflow(experiment: "bench", uri: "${server.uri}")`;
      const path = writeExperiment(folder, 'tracked', [...common, track]);
      await measureKind({ subject: '--quiet, MLflow', path, output: '--quiet' });
    } finally {
      await server.stop();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

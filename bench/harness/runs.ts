import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents } from '../../runtime/events/read.ts';
import type { RunEvent, RunEventOf } from '../../runtime/events/schema.ts';
import { type LiveRun, liveRun } from './live-run.ts';

/** What a whole `exp run` took. */
export interface FinishedRun {
  readonly seconds: number;
  readonly events: readonly RunEvent[];
}

export interface RunOptions {
  /** `--quiet`, `--plain`; none draws the screen, on a terminal of its own. */
  readonly output: '--quiet' | '--plain' | 'screen';
  readonly environment?: NodeJS.ProcessEnv;
  readonly overrides?: readonly string[];
  /** What is done beside the run once it has taken some steps; the run is stopped afterwards. */
  readonly during?: { readonly afterSteps: number; readonly work: (run: LiveRun) => Promise<void> };
}

const STOPPED = 130;

/** Runs an experiment with the `exp` of this clone, in a folder that the caller removes. */
export async function runExperiment(
  path: string,
  folder: string,
  { output, environment = {}, overrides = [], during }: RunOptions,
): Promise<FinishedRun> {
  mkdirSync(folder, { recursive: true });
  const sets = overrides.flatMap((override) => ['--set', override]);
  const exp = [process.execPath, 'bin/exp.mjs', 'run', path, '--runs-dir', folder, ...sets];
  const [command, options] =
    output === 'screen'
      ? // util-linux's script gives it a terminal, whose output nobody looks at. The shell stays between the two: script would
        // stop with a child that somebody stops.
        ['script', ['-qec', `${exp.map((word) => `'${word}'`).join(' ')}; exit $?`, '/dev/null']]
      : [exp[0] ?? '', [...exp.slice(1), output]];
  const start = performance.now();
  const child = spawn(command, options, {
    env: { ...process.env, COLUMNS: '120', LINES: '40', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new AbortController();
  const exit = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve)).finally(
    () => ended.abort(),
  );
  const [code] = await Promise.all([exit, during === undefined ? null : beside(folder, during, ended.signal)]);
  if (code !== 0 && code !== 3 && !(code === STOPPED && during !== undefined))
    throw new Error(`exp run ${path} ended with ${code}`);
  const seconds = (performance.now() - start) / 1000;
  const [run] = readdirSync(folder).filter((name) => /^\d{8}-/.test(name));
  if (run === undefined) throw new Error(`exp run ${path} left no run in ${folder}`);
  return { seconds, events: readEvents(join(folder, run)) };
}

async function beside(
  folder: string,
  { afterSteps, work }: NonNullable<RunOptions['during']>,
  ended: AbortSignal,
): Promise<void> {
  const run = await liveRun(folder, afterSteps, ended);
  if (run === null) return;
  try {
    await work(run);
  } finally {
    if (!ended.aborted) process.kill(run.trainer, 'SIGTERM');
  }
}

export function stepsOf(events: readonly RunEvent[]): readonly RunEventOf<'step'>[] {
  return events.filter((event): event is RunEventOf<'step'> => event.type === 'step');
}

/** A file of an experiment around a network and a data set of phantoms. */
export function writeExperiment(folder: string, name: string, lines: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.exp`);
  writeFileSync(path, `experiment ${name} {\n  ${lines.join('\n  ')}\n}\n`);
  return path;
}

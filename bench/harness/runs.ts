import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents } from '../../runtime/events/read.ts';
import type { RunEvent, RunEventOf } from '../../runtime/events/schema.ts';
import { type RunProcessors, watchProcessors } from './run-processors.ts';

/** What a whole `exp run` took. */
export interface FinishedRun {
  readonly seconds: number;
  readonly events: readonly RunEvent[];
  readonly processors: RunProcessors | null;
}

export interface RunOptions {
  /** `--quiet`, `--plain`; none draws the screen, on a terminal of its own. */
  readonly output: '--quiet' | '--plain' | 'screen';
  readonly environment?: NodeJS.ProcessEnv;
  readonly overrides?: readonly string[];
}

/** Runs an experiment with the `exp` of this clone, in a folder that the caller removes. */
export async function runExperiment(
  path: string,
  folder: string,
  { output, environment = {}, overrides = [] }: RunOptions,
): Promise<FinishedRun> {
  mkdirSync(folder, { recursive: true });
  const sets = overrides.flatMap((override) => ['--set', override]);
  const exp = [process.execPath, 'bin/exp.mjs', 'run', path, '--runs-dir', folder, ...sets];
  const [command, options] =
    output === 'screen'
      ? // util-linux's script gives it a terminal, whose output nobody looks at.
        ['script', ['-qec', exp.map((word) => `'${word}'`).join(' '), '/dev/null']]
      : [exp[0] ?? '', [...exp.slice(1), output]];
  const start = performance.now();
  const child = spawn(command, options, {
    env: { ...process.env, COLUMNS: '120', LINES: '40', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ending = new AbortController();
  const watched = watchProcessors(folder, ending.signal);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  ending.abort();
  const processors = await watched;
  if (code !== 0 && code !== 3) throw new Error(`exp run ${path} ended with ${code}`);
  const seconds = (performance.now() - start) / 1000;
  const [run] = readdirSync(folder).filter((name) => /^\d{8}-/.test(name));
  if (run === undefined) throw new Error(`exp run ${path} left no run in ${folder}`);
  return { seconds, events: readEvents(join(folder, run)), processors };
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

import { spawnSync } from 'node:child_process';
import { referencePython } from './python.ts';

/** Runs a script of the reference Python with JSON on its standard input, and returns what JSON it prints. */
export function askPython<T>(script: URL, question: unknown): T {
  const python = referencePython();
  if (python === null) throw new Error('there is no reference Python');
  const run = spawnSync(python, ['-W', 'ignore', script.pathname], {
    input: JSON.stringify(question),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (run.status !== 0) throw new Error(`${script.pathname} failed: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import type { CliResult } from './cli.ts';
import { repositoryRoot } from './python.ts';
import { standIns } from './stand-ins.ts';

export interface Typed {
  readonly env?: NodeJS.ProcessEnv;
  /** A folder below the shell's own. */
  readonly within?: string;
}

/** Runs lines as people type them: in bash, without a terminal, with `exp` and what else is given on the path. */
export class Shell {
  readonly #cwd: string;
  readonly #env: NodeJS.ProcessEnv;

  /** @param programs stand-ins for those that are not here: a line of shell each */
  constructor(cwd: string, env: NodeJS.ProcessEnv, programs: Readonly<Record<string, string>> = {}) {
    const exp = `exec '${process.execPath}' '${join(repositoryRoot, 'bin/exp.mjs')}' "$@"`;
    const bin = standIns(cwd, { exp, ...programs });
    this.#cwd = cwd;
    this.#env = { ...process.env, LC_ALL: 'C.UTF-8', PATH: [bin, process.env.PATH].join(delimiter), ...env };
  }

  run(line: string, { env = {}, within = '.' }: Typed = {}): CliResult {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
      cwd: join(this.#cwd, within),
      env: { ...this.#env, ...env },
      input: '',
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { exitCode: status, stdout, stderr };
  }
}

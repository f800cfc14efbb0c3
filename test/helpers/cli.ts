import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Context } from '../../tui/context.ts';
import { runCommandLine } from '../../tui/program.ts';
import { describeTerminal, type Environment } from '../../tui/terminal/terminal.ts';
import { repositoryRoot } from './python.ts';

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables that would make a test depend on who runs it. */
const UNSET = ['NO_COLOR', 'FORCE_COLOR', 'MLFLOW_TRACKING_URI', 'EXP_DEBUG', 'EXP_ASCII'] as const;

/** Runs `exp` as a user does, without a terminal; the launcher bundles first where sources are newer. */
export function exp(args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): CliResult {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  for (const name of UNSET) delete env[name];
  const spawnOptions: SpawnSyncOptions = { cwd: options.cwd, env: { ...env, ...options.env }, timeout: 120_000 };
  const result = spawnSync(process.execPath, [join(repositoryRoot, 'bin/exp.mjs'), ...args], {
    ...spawnOptions,
    encoding: 'utf8',
  });
  return { exitCode: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** The same command line inside this process: without the second that a start takes. */
export async function expInProcess(
  args: readonly string[],
  options: { cwd: string; env?: Environment },
): Promise<CliResult> {
  const { context, stdout, stderr } = contextFor(options.cwd, options.env);
  const exitCode = await runCommandLine(args, context);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** What a command sees of a process without a terminal, and what it has written. */
export function contextFor(cwd: string, env: Environment = {}) {
  const [stdout, stderr] = [new CapturedStream(), new CapturedStream()];
  const environment: Environment = { LC_ALL: 'C.UTF-8', EXP_CALIBRATION: 'off', ...env };
  const context: Context = {
    stdin: process.stdin,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    environment,
    cwd,
    terminal: describeTerminal({}, environment),
    errors: describeTerminal({}, environment),
  };
  return { context, stdout, stderr };
}

class CapturedStream {
  text = '';
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** A folder with files in it, removed after the test file. */
export function temporaryFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'exp-test-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

import { describeTerminal, type Environment, type Terminal } from './terminal/terminal.ts';

/** All that a command may touch of the process it runs in. */
export interface Context {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Environment;
  readonly cwd: string;
  /** What stdout and stderr can show. */
  readonly terminal: Terminal;
  readonly errors: Terminal;
}

export function processContext(): Context {
  const { stdin, stdout, stderr, env } = process;
  return {
    stdin,
    stdout,
    stderr,
    environment: env,
    cwd: process.cwd(),
    terminal: describeTerminal(stdout, env),
    errors: describeTerminal(stderr, env),
  };
}

/** Columns to lay plain text out in. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return Math.min(Math.max(stream.columns || 100, 40), 140);
}

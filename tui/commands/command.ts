import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';

/** Runs a command's work; what it throws is reported, and what it returns becomes the exit code. */
export type Act = (work: (context: Context) => Promise<ExitCode>) => Promise<void>;

/**
 * A command of `exp`. Its file is loaded at every start, so it imports types only and loads what it works with inside
 * `define`'s action: `exp --help` must not wait for TensorFlow.
 */
export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  /** Shown below the help, as they are typed. */
  readonly examples: readonly string[];
  readonly define: (command: Command, act: Act) => void;
}

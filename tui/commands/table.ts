import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  /** Adds arguments, options and the action; what the action needs is imported when it runs. */
  readonly configure: (command: Command) => Command;
}

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'setup',
    summary: 'set up the native engine in the user’s cache',
    example: 'exp setup',
    configure: (command) =>
      command
        .option('--cuda', 'the build for NVIDIA GPUs, also where no driver is found')
        .option('--cpu', 'the build for CPUs, also where there is a GPU')
        .option('--force', 'anew, even where it is set up')
        .action(async (options: { cuda?: true; cpu?: true; force?: true }) => {
          const { setup } = await import('./setup.ts');
          process.exitCode = await setup(options);
        }),
  },
  {
    name: 'doctor',
    summary: 'show what this machine has, what is missing, and the command that mends it',
    example: 'exp doctor --require-gpu',
    configure: (command) =>
      command
        .option('--require-gpu', 'exit with 2 unless a run would use a GPU')
        .option('--json', 'as JSON')
        .action(async (options: { requireGpu?: true; json?: true }) => {
          const { doctor } = await import('./doctor.ts');
          process.exitCode = doctor(options);
        }),
  },
];

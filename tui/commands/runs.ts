import type { Command } from 'commander';
import type { GarbageCommandOptions } from '../session/collect-garbage.ts';
import type { RunsOptions } from '../session/list-runs.ts';
import type { Act, CommandDefinition } from './command.ts';
import { positiveInteger, wholeNumber } from './numbers.ts';
import { collect, type RunsDirOption, withRunsDir } from './options.ts';

export const runsCommand: CommandDefinition = {
  name: 'runs',
  summary: 'List the runs, newest first; gc frees the space of checkpoints that nothing needs',
  examples: [
    'exp runs',
    "exp runs --where 'val.dice>0.8 status=completed' --sort val.dice --limit 5",
    "exp runs --where 'optimizer.learning_rate<1e-3' --json",
    'exp runs pin 3f2a',
    'exp runs gc --keep 3',
  ],
  define: (command, act) => {
    withRunsDir(command)
      .option(
        '--where <conditions>',
        "only runs like this: 'val.dice>0.8 model=SwinUNETR'; = != > >= < <= ~",
        collect,
        [],
      )
      .option('--sort <name>', 'a metric, the best first, or anything else that --where takes')
      .option('--limit <count>', 'so many at most', positiveInteger)
      .option('--members', 'the runs of sweeps and folds one by one')
      .option('--json', 'print them as JSON')
      .action((options: RunsOptions) =>
        act(async (context) => (await import('../session/list-runs.ts')).listAll(context, options)),
      );
    defineGarbage(command, act);
    definePin(command, act, 'pin', true, 'Keep all checkpoints of a run from `exp runs gc`');
    definePin(command, act, 'unpin', false, 'Let `exp runs gc` treat a run as any other again');
  },
};

function defineGarbage(command: Command, act: Act): void {
  command
    .command('gc')
    .description('Show what nothing needs any more, and remove it with --delete')
    .option('--keep <count>', 'of each experiment, so many of the newest runs keep what they need', wholeNumber, 5)
    .option('--best', 'the best checkpoints of older runs too')
    .option('--delete', 'remove it')
    .option('--json', 'print it as JSON')
    .action((_: unknown, subcommand: Command) =>
      act(async (context) =>
        (await import('../session/collect-garbage.ts')).collectGarbage(
          context,
          subcommand.optsWithGlobals<GarbageCommandOptions>(),
        ),
      ),
    );
}

function definePin(command: Command, act: Act, name: string, pinned: boolean, description: string): void {
  command
    .command(`${name} <run>`)
    .description(description)
    .action((run: string, _: unknown, subcommand: Command) =>
      act(async (context) => {
        const { resolve } = await import('node:path');
        const { EXIT } = await import('../exit-codes.ts');
        const { findRun } = await import('../../runtime/run/find-run.ts');
        const { setPinned } = await import('../../runtime/run/pin.ts');
        const { runsDir } = subcommand.optsWithGlobals<RunsDirOption>();
        const { id, dir } = findRun(resolve(context.cwd, runsDir), run);
        setPinned(dir, pinned);
        context.stdout.write(`${id} is ${pinned ? 'pinned' : 'no longer pinned'}\n`);
        return EXIT.ok;
      }),
    );
}

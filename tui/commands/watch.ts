import type { CommandDefinition } from './command.ts';
import { type OutputOptions, type RunsDirOption, withOutput, withRunsDir } from './options.ts';

export const watchCommand: CommandDefinition = {
  name: 'watch',
  summary: 'Show a run, or all runs of a sweep, from any terminal, while it goes on or after its end',
  examples: ['exp watch latest', 'exp watch 3f2a --plain'],
  define: (command, act) => {
    withOutput(
      withRunsDir(command.argument('[run]', 'an id, its beginning or end, a run folder, or `latest`', 'latest')),
    ).action((run: string, options: OutputOptions & RunsDirOption) =>
      act(async (context) => (await import('../session/watch-run.ts')).watchTarget(context, run, options)),
    );
  },
};

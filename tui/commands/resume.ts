import type { CommandDefinition } from './command.ts';
import { type OutputOptions, type RunsDirOption, withOutput, withRunsDir } from './options.ts';

type ResumeOptions = OutputOptions & RunsDirOption & { readonly detach?: boolean };

export const resumeCommand: CommandDefinition = {
  name: 'resume',
  summary: 'Continue a run from its last checkpoint',
  examples: ['exp resume latest', 'exp resume 3f2a'],
  define: (command, act) => {
    withOutput(withRunsDir(command.argument('<run>', 'an id, its beginning or end, a run folder, or `latest`')))
      .option('--detach', 'leave the run to itself; `exp watch` shows it')
      .action((run: string, options: ResumeOptions) =>
        act(async (context) => (await import('../session/start-run.ts')).resumeRun(context, run, options)),
      );
  },
};

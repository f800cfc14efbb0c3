import type { CommandDefinition } from './command.ts';
import { collect, type MatrixOutputOptions, type RunsDirOption, withMatrix, withRunsDir } from './options.ts';

type ResumeOptions = MatrixOutputOptions &
  RunsDirOption & { readonly set: readonly string[]; readonly plan?: string; readonly accept?: string };

export const resumeCommand: CommandDefinition = {
  name: 'resume',
  summary: 'Continue a run from its last checkpoint; of a sweep or of folds, all that are not complete',
  examples: [
    'exp resume latest',
    'exp resume 3f2a',
    "exp resume 3f2a --set 'budget=$60'",
    'exp resume 3f2a --plan organ.exp --accept schedule.epochs',
  ],
  define: (command, act) => {
    withMatrix(withRunsDir(command.argument('<run>', 'an id, its beginning or end, a run folder, or `latest`')))
      .option('--set <budget=value>', 'give it another budget; all else is its plan', collect, [])
      .option('--plan <file>', 'go on with what this file says now, where it differs in what --accept names')
      .option('--accept <names>', 'settings that may differ: schedule.epochs,workers')
      .action((run: string, options: ResumeOptions) =>
        act(async (context) => (await import('../session/start-run.ts')).resumeRun(context, run, options)),
      );
  },
};

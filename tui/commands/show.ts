import type { ShowOptions } from '../session/show-run.ts';
import type { CommandDefinition } from './command.ts';
import { withRunsDir } from './options.ts';

export const showCommand: CommandDefinition = {
  name: 'show',
  summary: 'Show the result of a run and where its files are; of a sweep or of folds, all runs ranked',
  examples: [
    'exp show latest',
    'exp show 3f2a --json',
    'exp show mlflow:0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    'exp show my-run --experiment organ',
  ],
  define: (command, act) => {
    withRunsDir(
      command.argument('[run]', 'an id, its beginning or end, a run folder, `latest`, or mlflow:RUN_ID', 'latest'),
    )
      .option('--experiment <name>', 'the MLflow experiment where a name that no run here has is looked for')
      .option('--json', 'print it as JSON')
      .action((name: string, options: ShowOptions) =>
        act(async (context) => (await import('../session/show-run.ts')).show(context, name, options)),
      );
  },
};

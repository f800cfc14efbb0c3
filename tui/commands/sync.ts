import type { CommandDefinition } from './command.ts';
import { type RunsDirOption, withRunsDir } from './options.ts';

export const syncCommand: CommandDefinition = {
  name: 'sync',
  summary: 'Send MLflow what it missed of a run while it was away',
  examples: ['exp sync latest', 'MLFLOW_TRACKING_URI=http://localhost:5000 exp sync 3f2a'],
  define: (command, act) => {
    withRunsDir(command.argument('<run>', 'an id, its beginning or end, a run folder, or `latest`')).action(
      (name: string, { runsDir }: RunsDirOption) =>
        act(async (context) => {
          const { resolve } = await import('node:path');
          const { findTarget } = await import('../../runtime/run/find-run.ts');
          const target = findTarget(resolve(context.cwd, runsDir), name);
          if (target.kind === 'matrix')
            return (await import('../session/sync-matrix.ts')).syncMatrix(context, target.matrix);
          return (await import('../session/sync-run.ts')).syncRun(context, target.run);
        }),
    );
  },
};

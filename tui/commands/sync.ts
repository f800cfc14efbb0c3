import { EXIT } from '../exit-codes.ts';
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
          const { readPlanFile } = await import('../../runtime/run/run-folder.ts');
          const { syncRun } = await import('../../runtime/tracking/tracker.ts');
          const { flattenPlan } = await import('../../compiler/plan/flatten.ts');
          const target = findTarget(resolve(context.cwd, runsDir), name);
          if (target.kind === 'matrix')
            return (await import('../session/sync-matrix.ts')).syncMatrix(context, target.matrix);
          const { run } = target;
          if (readPlanFile(run.dir).plan.track === null) {
            context.stdout.write(`${run.id} is not tracked: its file has no \`track\`\n`);
            return EXIT.ok;
          }
          const told = await syncRun({ runDir: run.dir, flatten: flattenPlan, env: context.environment });
          if (told.problem !== null) throw told.problem;
          const where = told.url === null ? 'no server is set: give MLFLOW_TRACKING_URI' : told.url;
          context.stdout.write(`${told.complete ? 'all of it is there' : 'not all of it could be sent'}: ${where}\n`);
          for (const { what, message } of told.refused) context.stdout.write(`  refused: ${what}: ${message}\n`);
          return told.complete && told.url !== null ? EXIT.ok : EXIT.failed;
        }),
    );
  },
};

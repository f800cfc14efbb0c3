import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';
import { type RunsDirOption, withRunsDir } from './options.ts';

export const showCommand: CommandDefinition = {
  name: 'show',
  summary: 'Show the result of a run and where its files are; of a sweep or of folds, all runs ranked',
  examples: ['exp show latest', 'exp show 3f2a --json'],
  define: (command, act) => {
    withRunsDir(command.argument('[run]', 'an id, its beginning or end, a run folder, or `latest`', 'latest'))
      .option('--json', 'print it as JSON')
      .action((name: string, { runsDir, json = false }: RunsDirOption & { readonly json?: boolean }) =>
        act(async (context) => {
          const { resolve } = await import('node:path');
          const { findTarget } = await import('../../runtime/run/find-run.ts');
          const target = findTarget(resolve(context.cwd, runsDir), name);
          if (target.kind === 'matrix') {
            const { showMatrix } = await import('../session/show-matrix.ts');
            showMatrix(context, target.matrix, json);
            return EXIT.ok;
          }
          const { run } = target;
          const { summarizeRun } = await import('../output/runs.ts');
          if (json) {
            context.stdout.write(`${JSON.stringify(summarizeRun(run), null, 2)}\n`);
            return EXIT.ok;
          }
          const { loadRunState } = await import('../session/run-state.ts');
          const { formatSummary } = await import('../output/summary.ts');
          context.stdout.write(formatSummary(loadRunState(run.dir), { ...context, runDir: run.dir, tracking: null }));
          return EXIT.ok;
        }),
      );
  },
};

import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';
import { type RunsDirOption, withRunsDir } from './options.ts';

export const runsCommand: CommandDefinition = {
  name: 'runs',
  summary: 'List the runs, newest first',
  examples: ['exp runs', 'exp runs --json'],
  define: (command, act) => {
    withRunsDir(command)
      .option('--json', 'print them as JSON')
      .action(({ runsDir, json = false }: RunsDirOption & { readonly json?: boolean }) =>
        act(async (context) => {
          const { resolve } = await import('node:path');
          const { listRuns } = await import('../../runtime/run/run-folder.ts');
          const { listMatrices } = await import('../../runtime/run/matrix-folder.ts');
          const { summarizeMatrix, summarizeRun, formatRuns } = await import('../output/runs.ts');
          const folder = resolve(context.cwd, runsDir);
          const all = [...listRuns(folder).map(summarizeRun), ...listMatrices(folder).map(summarizeMatrix)];
          const runs = all.sort((a, b) => b.createdAt - a.createdAt);
          context.stdout.write(json ? `${JSON.stringify(runs, null, 2)}\n` : formatRuns(runs, context.terminal));
          return EXIT.ok;
        }),
      );
  },
};

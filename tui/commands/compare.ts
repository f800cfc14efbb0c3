import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';
import { type RunsDirOption, withRunsDir } from './options.ts';

export const compareCommand: CommandDefinition = {
  name: 'compare',
  summary: 'What differs between runs, in their plans and in what came of them',
  examples: ['exp compare 3f2a 91bc', 'exp compare 3f2a latest --json'],
  define: (command, act) => {
    withRunsDir(command.argument('<runs...>', 'two or more runs; the others are compared with the first'))
      .option('--json', 'print it as JSON')
      .action((names: readonly string[], { runsDir, json = false }: RunsDirOption & { readonly json?: boolean }) =>
        act(async (context) => {
          const { resolve } = await import('node:path');
          const { betterOf } = await import('../../compiler/fields/metrics.ts');
          const { compareRuns } = await import('../../runtime/compare/compare-runs.ts');
          const { openComparedRun } = await import('../../runtime/compare/compared-run.ts');
          const { findRun } = await import('../../runtime/run/find-run.ts');
          const { columnsOf } = await import('../context.ts');
          const { UsageError } = await import('../failures.ts');
          const { formatComparison } = await import('../output/compare.ts');
          const folders = names.map((name) => findRun(resolve(context.cwd, runsDir), name));
          if (new Set(folders.map(({ dir }) => dir)).size < 2) {
            throw new UsageError('one run is nothing to compare', 'name two or more: exp runs lists them');
          }
          const runs = folders.map(openComparedRun);
          const comparison = compareRuns(runs, betterOf);
          context.stdout.write(
            json
              ? `${JSON.stringify(comparison, null, 2)}\n`
              : formatComparison(comparison, runs, context.terminal, columnsOf(context.stdout)),
          );
          return EXIT.ok;
        }),
      );
  },
};

import type { CompareOptions } from '../session/compare.ts';
import type { CommandDefinition } from './command.ts';
import { withRunsDir } from './options.ts';

export const compareCommand: CommandDefinition = {
  name: 'compare',
  summary: 'What differs between runs, in their plans and in what came of them; of a sweep, what each setting did',
  examples: [
    'exp compare 3f2a 91bc',
    'exp compare 3f2a latest --html report.html',
    'exp compare 3f2a mlflow:0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    'exp compare 3f2a 91bc --mlflow --open',
    'exp compare my-sweep',
  ],
  define: (command, act) => {
    withRunsDir(
      command.argument('<runs...>', 'runs, the others compared with the first, or one sweep; mlflow:RUN_ID too'),
    )
      .option('--experiment <name>', 'the MLflow experiment where names that no run here has are looked for')
      .option('--html <file>', 'write it as one page with plots, which needs nothing else')
      .option('--mlflow', 'print the address of the comparison on the MLflow server')
      .option('--open', 'open that address, or the page of --html, in the browser')
      .option('--json', 'print it as JSON')
      .action((names: readonly string[], options: CompareOptions) =>
        act(async (context) => (await import('../session/compare.ts')).compare(context, names, options)),
      );
  },
};

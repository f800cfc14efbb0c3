import type { CommandDefinition } from './command.ts';
import {
  type MatrixOutputOptions,
  type PlanOptions,
  type RunsDirOption,
  withMatrix,
  withPlan,
  withRunsDir,
} from './options.ts';

type RunOptions = PlanOptions & MatrixOutputOptions & RunsDirOption;

export const runCommand: CommandDefinition = {
  name: 'run',
  summary: 'Train, validate and predict as an .exp file says; with a sweep or folds, one run after another',
  examples: [
    'exp run experiments/quickstart.exp',
    'exp run experiments/swin.exp --profile cloud-gpu',
    'exp run experiments/swin.exp --set optimizer.learning_rate=3e-4 --plain',
    'exp run experiments/swin.exp --set folds=5 --jobs 2',
  ],
  define: (command, act) => {
    withMatrix(withRunsDir(withPlan(command.argument('<file>', 'the .exp file')))).action(
      (file: string, options: RunOptions) =>
        act(async (context) => (await import('../session/start-run.ts')).startRun(context, file, options)),
    );
  },
};

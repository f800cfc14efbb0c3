import type { CommandDefinition } from './command.ts';
import {
  type OutputOptions,
  type PlanOptions,
  type RunsDirOption,
  withOutput,
  withPlan,
  withRunsDir,
} from './options.ts';

interface RunOptions extends PlanOptions, OutputOptions, RunsDirOption {
  readonly detach?: boolean;
}

export const runCommand: CommandDefinition = {
  name: 'run',
  summary: 'Train, validate and predict as an .exp file says',
  examples: [
    'exp run experiments/quickstart.exp',
    'exp run experiments/swin.exp --profile cloud-gpu',
    'exp run experiments/swin.exp --set optimizer.learning_rate=3e-4 --plain',
  ],
  define: (command, act) => {
    withOutput(withRunsDir(withPlan(command.argument('<file>', 'the .exp file'))))
      .option('--detach', 'leave the run to itself; `exp watch` shows it')
      .action((file: string, options: RunOptions) =>
        act(async (context) => (await import('../session/start-run.ts')).startRun(context, file, options)),
      );
  },
};

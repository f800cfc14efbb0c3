import { Option } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';
import { positiveInteger } from './numbers.ts';
import { type PlanCommandOptions, withPlan, withRunsDir } from './options.ts';

export const planCommand: CommandDefinition = {
  name: 'plan',
  summary: 'Show the whole of what would run, with the origin of each value, and start nothing',
  examples: [
    'exp plan experiments/swin.exp --profile cloud-gpu',
    'exp plan experiments/swin.exp --explain optimizer.learning_rate',
    'exp plan experiments/swin.exp --diff runs/20261124-1830-swin',
    'exp plan experiments/swin.exp --profile cloud-gpu --diff-profile mac-test',
    'exp plan experiments/swin.exp --profile cloud-gpu --environments --sort time',
    'exp plan experiments/swin.exp --json > plan.json',
    'exp plan experiments/swin.exp --set folds=5 --member 3',
  ],
  define: (command, act) => {
    withRunsDir(withPlan(command.argument('<file>', 'the .exp file')))
      .option('--json', 'the plan as canonical JSON')
      .option('--explain <path>', 'one value: what it is for and every layer that touched it')
      .option('--diff <other>', 'what differs from another .exp file, a plan as JSON, or a run')
      .option('--diff-profile <name>', 'the profile to compare with, of the same file or of the other')
      .option('--member <number>', 'one run of a sweep or of folds', positiveInteger)
      .option('--graph', 'the network layer by layer: shapes, parameters, FLOPs, bytes')
      .option('--environments', 'where it fits, and what it takes there: the catalogue, and environments of the file')
      .addOption(new Option('--sort <key>', 'of the environments').choices(['cost', 'time']))
      .action((file: string, options: PlanCommandOptions) =>
        act(async (context) => {
          const { planFileOf } = await import('../session/show-plan.ts');
          const { readSource } = await import('../source-files.ts');
          const source = readSource(context.cwd, file);
          if (options.environments === true)
            return (await import('../session/show-environments.ts')).showEnvironments(context, source, options);
          const planFile = planFileOf(context, source, options);
          if (typeof planFile === 'number') return planFile;
          const { writePlan } = await import('../output/plan.ts');
          await writePlan(context, source, planFile, { ...options, file });
          return EXIT.ok;
        }),
      );
  },
};

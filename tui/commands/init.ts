import { Option } from 'commander';
import { quoted } from '../../compiler/handoff/shell.ts';
import { EXIT } from '../exit-codes.ts';
import { INIT_MODELS } from '../init/models.ts';
import type { InitOptions } from '../init/write-experiment.ts';
import type { CommandDefinition } from './command.ts';

export const initCommand: CommandDefinition = {
  name: 'init',
  summary: 'Look at a data set and write an experiment for it',
  examples: [
    'exp init',
    'exp init organ.exp --data data/organ',
    'exp init --data data/Task04_Hippocampus --model DynUNet',
  ],
  define: (command, act) => {
    command
      .argument('[file]', 'the .exp file to write; without it, named after the data set')
      .option('--data <folder>', 'a BIDS or decathlon data set')
      .addOption(new Option('--model <name>', 'the network').choices(INIT_MODELS))
      .option('--merge', 'all labels are one foreground')
      .option('--no-merge', 'each label is a class')
      .option('-y, --yes', 'ask nothing')
      .option('--force', 'write over a file that is there')
      .action((file: string | undefined, options: InitOptions) =>
        act(async (context) => {
          const { writeExperiment } = await import('../init/write-experiment.ts');
          const path = await writeExperiment(context, file ?? null, options);
          const named = quoted(path);
          context.stdout.write(
            `wrote ${path}\n\nnext:\n  exp data check ${named}\n  exp plan ${named}\n  exp run ${named}\n`,
          );
          return EXIT.ok;
        }),
      );
  },
};

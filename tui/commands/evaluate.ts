import type { CommandDefinition } from './command.ts';
import { type EvaluateOptions, withSegmentOptions } from './segment-options.ts';

export const evaluateCommand: CommandDefinition = {
  name: 'evaluate',
  summary: 'Measure the weights of a run or a file on labelled cases',
  examples: [
    'exp evaluate latest',
    'exp evaluate latest --split validation --metrics dice,hausdorff95 --csv',
    'exp evaluate latest --data data/other-hospital --image T1w --label dseg -o evaluated',
  ],
  define: (command, act) => {
    withSegmentOptions(command.argument('<weights>', 'a run, a checkpoint, or a .safetensors or .pt file'))
      .option(
        '--split <part>',
        'of the run’s own data: test, validation, train or all (default: test, if there is one)',
      )
      .option('--data <folder>', 'every labelled case of a BIDS or decathlon data set instead')
      .option('--image <pattern>', 'which images of a BIDS data set, such as T1w')
      .option('--label <pattern>', 'which labels of a BIDS data set, such as desc-manual_dseg')
      .option('--metrics <names>', 'instead of the plan’s: dice,hausdorff95')
      .option('-o, --output <folder>', 'write predictions and pictures there too')
      .action((weights: string, options: EvaluateOptions) =>
        act(async (context) => (await import('../session/predict.ts')).evaluateOn(context, weights, options)),
      );
  },
};

import type { CommandDefinition } from './command.ts';
import { type PredictCommandOptions, withSegmentOptions } from './segment-options.ts';

export const predictCommand: CommandDefinition = {
  name: 'predict',
  summary: 'Segment images with the weights of a run or a file',
  examples: [
    'exp predict latest scan.nii.gz -o scan_seg.nii.gz',
    'exp predict latest data/new-subjects -o segmented --flips x,y,z',
    'exp predict organ.safetensors scans/ --model organ.exp --postprocess largest_component',
  ],
  define: (command, act) => {
    withSegmentOptions(
      command
        .argument('<weights>', 'a run, a checkpoint, or a .safetensors or .pt file')
        .argument('<inputs...>', 'NIfTI files, folders of them, or BIDS data sets'),
    )
      .option(
        '-o, --output <path>',
        'a folder for a BIDS derivative, or a .nii.gz for one image (default: predictions)',
      )
      .option('--beside', 'write next to each image')
      .option('--image <pattern>', 'which images of a BIDS data set, such as T1w')
      .action((weights: string, inputs: readonly string[], options: PredictCommandOptions) =>
        act(async (context) =>
          (await import('../session/predict.ts')).predictInputs(context, weights, inputs, options),
        ),
      );
  },
};

import type { CalibrateOptions } from '../session/calibrate.ts';
import type { CommandDefinition } from './command.ts';

export const calibrateCommand: CommandDefinition = {
  name: 'calibrate',
  summary: 'Measure training steps on this machine, so that the times and the memory that plans state hold here',
  examples: [
    'exp calibrate',
    'exp calibrate --environment workstation.rtx-3090',
    'exp calibrate --environment lab.a100 --file lab.exp',
  ],
  define: (command, act) => {
    command
      .option('--environment <name>', 'what plans call this machine; without it, `local`')
      .option('--file <file>', 'the .exp file that declares the environment')
      .option('--json', 'the measurements as JSON')
      .action((options: CalibrateOptions) =>
        act(async (context) => (await import('../session/calibrate.ts')).calibrate(context, options)),
      );
  },
};

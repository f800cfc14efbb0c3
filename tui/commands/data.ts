import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';
import { positiveInteger } from './numbers.ts';

interface PhantomOptions {
  readonly subjects: number;
  readonly size: number;
  readonly seed: number;
}

export const dataCommand: CommandDefinition = {
  name: 'data',
  summary: 'Make data sets',
  examples: ['exp data phantom data/phantom --subjects 12 --size 48 --seed 7'],
  define: (command, act) => {
    command
      .command('phantom <folder>')
      .description('Write a small synthetic BIDS data set with labels: the same seed gives the same bytes')
      .option('--subjects <count>', 'how many', positiveInteger, 12)
      .option('--size <voxels>', 'side of the volumes', positiveInteger, 48)
      .option('--seed <number>', 'of the random numbers', positiveInteger, 42)
      .action((folder: string, { subjects, size, seed }: PhantomOptions) =>
        act(async (context) => {
          const { resolve } = await import('node:path');
          const { writePhantomDataset } = await import('../../runtime/data/phantom/write-dataset.ts');
          writePhantomDataset(resolve(context.cwd, folder), { subjects, size, seed });
          context.stdout.write(`${subjects} phantom subjects in ${folder}\n`);
          return EXIT.ok;
        }),
      );
  },
};

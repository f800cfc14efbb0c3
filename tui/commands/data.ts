import { type Command, Option } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { jsonDocument } from '../json/write.ts';
import type { SurveyOptions } from '../session/survey-dataset.ts';
import type { CommandDefinition } from './command.ts';
import { positiveInteger } from './numbers.ts';
import { withPlan } from './options.ts';

interface PhantomOptions {
  readonly subjects: number;
  readonly size: number;
  readonly seed: number;
  readonly channels: string;
}

interface ReportOptions extends SurveyOptions {
  readonly json?: boolean;
}

function withDataset(command: Command): Command {
  return withPlan(command.argument('<path>', 'a BIDS or decathlon folder, or an .exp file'))
    .option('--image <pattern>', 'suffix and entities of the images of a BIDS folder, such as T1w')
    .option('--label <pattern>', 'entities and suffix of its labels, such as desc-manual_dseg')
    .option('--derivative <folder>', 'the folder below derivatives/ that holds the labels')
    .option('--json', 'the report as JSON');
}

export const dataCommand: CommandDefinition = {
  name: 'data',
  summary: 'Check, describe and make data sets',
  examples: [
    'exp data check experiments/hippocampus.exp',
    'exp data check data/organ --image T1w --label desc-manual_dseg',
    'exp data stats data/Task04_Hippocampus',
    'exp data phantom data/phantom --subjects 12 --size 48 --seed 7',
  ],
  define: (command, act) => {
    withDataset(command.command('check'))
      .description(
        'Find what would spoil a training: grids, labels, constant images, duplicates, leaks; exits with 1 on errors',
      )
      .action((path: string, options: ReportOptions) =>
        act(async (context) => {
          const { surveyDataset } = await import('../session/survey-dataset.ts');
          const { checkDataset } = await import('../../runtime/data/check/check-dataset.ts');
          const { formatCheck } = await import('../output/data-check.ts');
          const { columnsOf } = await import('../context.ts');
          const dataset = await surveyDataset(context, path, options);
          const findings = checkDataset(dataset);
          const report = { name: dataset.name, root: dataset.root, cases: dataset.surveys.length, findings };
          context.stdout.write(
            options.json
              ? jsonDocument('data-check', report)
              : formatCheck(report, context.terminal, columnsOf(context.stdout)),
          );
          return findings.some(({ severity }) => severity === 'error') ? EXIT.invalid : EXIT.ok;
        }),
      );

    withDataset(command.command('stats'))
      .description('Sizes, spacings, intensities and label volumes, and the patch that suits them')
      .action((path: string, options: ReportOptions) =>
        act(async (context) => {
          const { surveyDataset } = await import('../session/survey-dataset.ts');
          const { datasetStats } = await import('../../runtime/data/check/stats.ts');
          const { namesIn } = await import('../../runtime/data/class-names.ts');
          const { formatStats } = await import('../output/data-stats.ts');
          const { name, root, surveys } = await surveyDataset(context, path, options);
          const report = { name, root, classNames: Object.fromEntries(namesIn(root)), stats: datasetStats(surveys) };
          context.stdout.write(
            options.json ? jsonDocument('data-stats', report) : formatStats(report, context.terminal),
          );
          return EXIT.ok;
        }),
      );

    command
      .command('phantom <folder>')
      .description('Write a small synthetic BIDS data set with labels: the same seed gives the same bytes')
      .option('--subjects <count>', 'how many', positiveInteger, 12)
      .option('--size <voxels>', 'side of the volumes', positiveInteger, 48)
      .option('--seed <number>', 'of the random numbers', positiveInteger, 42)
      .addOption(
        new Option('--channels <count>', 'images of each subject, with other contrasts')
          .choices(['1', '2', '3', '4'])
          .default('1'),
      )
      .action((folder: string, { subjects, size, seed, channels }: PhantomOptions) =>
        act(async (context) => {
          const { resolve } = await import('node:path');
          const { writePhantomDataset } = await import('../../runtime/data/phantom/write-dataset.ts');
          const settings = { subjects, size, seed, channels: Number(channels) };
          writePhantomDataset(resolve(context.cwd, folder), settings);
          context.stdout.write(`${subjects} phantom subjects in ${folder}\n`);
          return EXIT.ok;
        }),
      );
  },
};

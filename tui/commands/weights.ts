import { type Command, Option } from 'commander';
import { EXPORT_FORMATS } from '../../runtime/weights/export-formats.ts';
import { EXIT } from '../exit-codes.ts';
import { jsonDocument } from '../json/write.ts';
import type { ExportOptions } from '../session/export-weights.ts';
import type { PlanSourceOptions } from '../session/weights-model.ts';
import type { CommandDefinition } from './command.ts';
import { positiveInteger, voxels } from './numbers.ts';
import { type RunsDirOption, withPlan, withRunsDir } from './options.ts';

interface ImportOptions extends PlanSourceOptions {
  readonly output?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

interface InspectOptions extends RunsDirOption {
  readonly checkpoint?: 'best' | 'last';
  readonly json?: boolean;
}

function whichCheckpoint(): Option {
  return new Option('--checkpoint <which>', 'of a run; without it the best').choices(['best', 'last']);
}

/** Which model a file of weights is for. */
function withModel(command: Command): Command {
  return withRunsDir(withPlan(command))
    .option('-m, --model <file>', 'the .exp file whose model it is for')
    .option('-r, --run <run>', 'the run whose model it is for');
}

export const weightsCommand: CommandDefinition = {
  name: 'weights',
  summary: 'Bring weights from PyTorch and MONAI, and take them back',
  examples: [
    'exp weights inspect model_swinvit.pt',
    'exp weights inspect latest --checkpoint last',
    'exp weights import model_swinvit.pt --model swin.exp -o swinvit.safetensors',
    'exp weights export latest -o organ.safetensors',
    'exp weights export latest -o organ.pt --format pt --checkpoint last',
    'exp weights export latest -o organ.onnx --format onnx --size 96x96x96',
    'exp weights export latest -o organ-web --format tfjs',
  ],
  define: (command, act) => {
    withRunsDir(command.command('inspect <weights>'))
      .description(
        'List the tensors of a safetensors or PyTorch file, a checkpoint or a run; nothing in it is executed',
      )
      .addOption(whichCheckpoint())
      .option('--json', 'print them as JSON')
      .action((target: string, { json = false, checkpoint, runsDir }: InspectOptions) =>
        act(async (context) => {
          const { resolve } = await import('node:path');
          const { locateWeights, standInText, weightsFileOf } = await import('../../runtime/weights/locate-weights.ts');
          const { openWeightsFile } = await import('../../runtime/weights/weights-file.ts');
          const { formatInspection, inspection } = await import('../output/weights.ts');
          const places = { cwd: context.cwd, runsDir: resolve(context.cwd, runsDir) };
          const located = locateWeights(target, places);
          const standIn = standInText(located);
          if (standIn !== null) context.stderr.write(`warning: ${standIn}\n`);
          const opened = await openWeightsFile(weightsFileOf(located, checkpoint ?? null));
          try {
            const found = inspection(opened);
            context.stdout.write(json ? jsonDocument('weights-inspect', found) : formatInspection(found));
          } finally {
            opened.close();
          }
          return EXIT.ok;
        }),
      );

    withModel(command.command('import <file>'))
      .description('Say which tensors of a file fit a model, and write those under MONAI’s names')
      .option('-o, --output <file>', 'the .safetensors file to write; without it there is only the report')
      .option('--strict', 'fail, and write nothing, unless every tensor fits')
      .option('--json', 'the report as JSON, with every tensor that matched')
      .action((file: string, options: ImportOptions) =>
        act(async (context) => {
          const { resolve } = await import('node:path');
          const { UsageError } = await import('../failures.ts');
          const { planFor } = await import('../session/weights-model.ts');
          const { importWeights } = await import('../../runtime/weights/import-weights.ts');
          const { formatImport } = await import('../output/weights.ts');
          const plan = planFor(context, options);
          if (plan === null) throw new UsageError('which model is it for?', 'give --model my.exp or --run RUN');
          const output = options.output === undefined ? null : resolve(context.cwd, options.output);
          const strict = options.strict === true;
          const report = await importWeights(resolve(context.cwd, file), plan.model, { output, strict });
          context.stdout.write(options.json ? jsonDocument('weights-import', report) : formatImport(report));
          return strict && !report.complete ? EXIT.failed : EXIT.ok;
        }),
      );

    withModel(command.command('export <weights>'))
      .description('Write the weights of a run, a checkpoint or a file for other programs, or the network with them')
      .requiredOption('-o, --output <path>', 'the file to write; for tfjs the folder')
      .addOption(
        new Option('-f, --format <format>', 'the weights alone (safetensors, pt), or a network that runs (onnx, tfjs)')
          .choices(EXPORT_FORMATS)
          .default('safetensors'),
      )
      .option('--size <DxHxW>', 'of the images that an onnx or tfjs network takes; without it the windows’', voxels)
      .option('--shard-size <MiB>', 'of the files of weights of tfjs; without it 4', positiveInteger)
      .addOption(whichCheckpoint())
      .option('--json', 'what was written, as JSON')
      .action((target: string, options: ExportOptions) =>
        act(async (context) => (await import('../session/export-weights.ts')).exportCommand(context, target, options)),
      );
  },
};

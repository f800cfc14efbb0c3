import { type Command, Option } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { ExportOptions } from '../session/export-weights.ts';
import type { PlanSourceOptions } from '../session/weights-model.ts';
import type { CommandDefinition } from './command.ts';
import { withPlan, withRunsDir } from './options.ts';

interface ImportOptions extends PlanSourceOptions {
  readonly output?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
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
    'exp weights import model_swinvit.pt --model swin.exp -o swinvit.safetensors',
    'exp weights export latest -o organ.safetensors',
    'exp weights export latest -o organ.pt --format pt --checkpoint last',
  ],
  define: (command, act) => {
    command
      .command('inspect <file>')
      .description('List the tensors of a safetensors or PyTorch file; nothing in it is executed')
      .option('--json', 'print them as JSON')
      .action((file: string, { json = false }: { readonly json?: boolean }) =>
        act(async (context) => {
          const { resolve } = await import('node:path');
          const { openWeightsFile } = await import('../../runtime/weights/weights-file.ts');
          const { formatInspection, inspection } = await import('../output/weights.ts');
          const opened = await openWeightsFile(resolve(context.cwd, file));
          try {
            const found = inspection(opened);
            context.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : formatInspection(found));
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
          context.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : formatImport(report));
          return strict && !report.complete ? EXIT.failed : EXIT.ok;
        }),
      );

    withModel(command.command('export <weights>'))
      .description('Write the weights of a run, a checkpoint or a file for other programs')
      .requiredOption('-o, --output <file>', 'the file to write')
      .option('-f, --format <format>', 'safetensors or pt', 'safetensors')
      .addOption(new Option('--checkpoint <which>', 'of a run; without it the best').choices(['best', 'last']))
      .action((target: string, options: ExportOptions) =>
        act(async (context) => (await import('../session/export-weights.ts')).exportTo(context, target, options)),
      );
  },
};

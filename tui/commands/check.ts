import { Option } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';
import { type ExperimentOption, withExperiment } from './options.ts';

interface CheckOptions extends ExperimentOption {
  readonly format: 'text' | 'json' | 'sarif';
}

export const checkCommand: CommandDefinition = {
  name: 'check',
  summary: 'Check .exp files and run nothing',
  examples: ['exp check experiments/*.exp', 'exp check --format sarif experiments/swin.exp > exp.sarif'],
  define: (command, act) => {
    withExperiment(command.argument('<files...>', '.exp files'))
      .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json', 'sarif']).default('text'))
      .action((files: readonly string[], { format, ...options }: CheckOptions) =>
        act(async (context) => {
          const { checkSource } = await import('../check-file.ts');
          const { hasErrors, withoutRepeats } = await import('../../dsl/diagnostic.ts');
          const { readSource } = await import('../source-files.ts');
          const { writeDiagnostics } = await import('../output/diagnostics.ts');
          const diagnostics = withoutRepeats(
            files.flatMap((path) => checkSource(readSource(context.cwd, path), options, context)),
          );
          await writeDiagnostics(context.stdout, context.terminal, diagnostics, format, files.length);
          return hasErrors(diagnostics) ? EXIT.invalid : EXIT.ok;
        }),
      );
  },
};

import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';

interface FixOptions {
  readonly check?: boolean;
}

export const fixCommand: CommandDefinition = {
  name: 'fix',
  summary: 'Apply every fix that `exp check` knows, and show what is left to mend by hand',
  examples: ['exp fix experiments/swin.exp', 'exp fix --check experiments/*.exp'],
  define: (command, act) => {
    command
      .argument('<files...>', '.exp files')
      .option('--check', 'change nothing; name the fixes and exit with 1 where there are any')
      .action((files: readonly string[], { check = false }: FixOptions) =>
        act(async (context) => {
          const { fixFile } = await import('../fix-file.ts');
          const outcomes = files.map((path) => fixFile(context, path, check));
          return outcomes.some(({ changed, wrong }) => wrong || (check && changed)) ? EXIT.invalid : EXIT.ok;
        }),
      );
  },
};

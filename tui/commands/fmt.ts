import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';

interface FmtOptions {
  readonly check?: boolean;
}

export const fmtCommand: CommandDefinition = {
  name: 'fmt',
  summary: 'Format .exp files in place; a broken file stays as it is',
  examples: ['exp fmt experiments/*.exp', 'exp fmt --check experiments/*.exp'],
  define: (command, act) => {
    command
      .argument('<files...>', '.exp files')
      .option('--check', 'change nothing; name the files that would change and exit with 1')
      .action((files: readonly string[], { check = false }: FmtOptions) =>
        act(async (context) => {
          const { formatFile } = await import('../format-file.ts');
          let exitCode: 0 | 1 = EXIT.ok;
          for (const path of files) {
            const outcome = await formatFile(context, path, check);
            if (outcome === 'broken' || (check && outcome === 'changed')) exitCode = EXIT.invalid;
          }
          return exitCode;
        }),
      );
  },
};

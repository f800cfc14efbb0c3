import { Argument } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';

export const completionCommand: CommandDefinition = {
  name: 'completion',
  summary: 'Print what makes a shell complete commands, options, files, profiles and runs',
  examples: [
    'eval "$(exp completion bash)"      # in ~/.bashrc',
    'eval "$(exp completion zsh)"       # in ~/.zshrc, after compinit',
    'exp completion fish | source       # in ~/.config/fish/config.fish',
  ],
  define: (command, act) => {
    command
      .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
      .argument('[words...]', 'what the script asks: the words typed so far, after --')
      .action((shell: 'bash' | 'zsh' | 'fish', words: readonly string[]) =>
        act(async (context) => {
          const { candidateLines, SCRIPTS } = await import('../completion/scripts.ts');
          const { parent } = command;
          if (words.length === 0 || parent === null) {
            context.stdout.write(SCRIPTS[shell]);
            return EXIT.ok;
          }
          const { complete } = await import('../completion/complete.ts');
          const { valueSource } = await import('../completion/values.ts');
          context.stdout.write(candidateLines(await complete(parent, words, valueSource(context))));
          return EXIT.ok;
        }),
      );
  },
};

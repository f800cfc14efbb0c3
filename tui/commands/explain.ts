import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';

export const explainCommand: CommandDefinition = {
  name: 'explain',
  summary: 'Explain the code of a diagnostic or an error, with an example',
  examples: ['exp explain EXP3012'],
  define: (command, act) => {
    command.argument('<code>', 'a code such as EXP3012').action((text: string) =>
      act(async (context) => {
        const { explain, nearestCode } = await import('../../compiler/explain.ts');
        const { UsageError } = await import('../failures.ts');
        const { painter } = await import('../terminal/style.ts');
        const explanation = explain(text);
        if (explanation === null) {
          const near = nearestCode(text);
          throw new UsageError(
            `there is no code ${text}`,
            near === null ? 'codes look like EXP3012' : `did you mean ${near}?`,
          );
        }
        const [title = '', ...rest] = explanation.split('\n');
        context.stdout.write(`${painter(context.terminal.color)(title, 'strong')}\n${rest.join('\n')}`);
        return EXIT.ok;
      }),
    );
  },
};

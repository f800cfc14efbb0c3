import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';

export const explainCommand: CommandDefinition = {
  name: 'explain',
  summary: 'Explain the code of a diagnostic or an error, with an example',
  examples: ['exp explain EXP3012'],
  define: (command, act) => {
    command.argument('<code>', 'a code such as EXP3012').action((text: string) =>
      act(async (context) => {
        const { ALL_DIAGNOSTICS } = await import('../all-diagnostics.ts');
        const { UsageError } = await import('../failures.ts');
        const { painter } = await import('../terminal/style.ts');
        const code = text.toUpperCase();
        const definition = Object.hasOwn(ALL_DIAGNOSTICS, code) ? ALL_DIAGNOSTICS[code] : undefined;
        if (definition === undefined) throw new UsageError(`there is no code ${text}`, 'codes look like EXP3012');
        const { severity, message, explanation } = definition;
        const paint = painter(context.terminal.color);
        const title = `${severity}[${code}]: ${message.replace(/\{(\w+)\}/g, '<$1>')}`;
        context.stdout.write(`${paint(title, 'strong')}\n\n${explanation.trim()}\n`);
        return EXIT.ok;
      }),
    );
  },
};

import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';

export const lspCommand: CommandDefinition = {
  name: 'lsp',
  summary: 'Serve an editor over standard input and output (Language Server Protocol)',
  examples: ['exp lsp'],
  define: (command, act) => {
    // Editors pass this to servers that know several ways to talk.
    command.option('--stdio', 'talk over standard input and output, as it always does').action(() =>
      act(async (context) => {
        const { serveEditor } = await import('../language-server/serve.ts');
        await serveEditor(context);
        return EXIT.ok;
      }),
    );
  },
};

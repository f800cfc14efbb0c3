import { EXIT } from '../exit-codes.ts';
import type { CommandDefinition } from './command.ts';

interface SetupOptions {
  readonly cpu?: boolean;
  readonly cuda?: boolean;
  readonly force?: boolean;
}

export const setupCommand: CommandDefinition = {
  name: 'setup',
  summary: 'Set up the native engine (`exp run` does it on first use)',
  examples: ['exp setup', 'exp setup --cpu --force'],
  define: (command, act) => {
    command
      .option('--cpu', 'the CPU engine, also beside an NVIDIA GPU')
      .option('--cuda', 'the engine for NVIDIA GPUs')
      .option('--force', 'set up anew even where it is done')
      .action(({ cpu, cuda, force = false }: SetupOptions) =>
        act(async (context) => {
          const { setUpEngine } = await import('../session/engine-setup.ts');
          const kind = cuda === true ? 'cuda' : cpu === true ? 'cpu' : 'auto';
          const { path, variant, built } = await setUpEngine(context, { kind, force });
          context.stdout.write(
            `${built ? 'the engine is set up' : 'the engine was there already'}: ${variant.id} at ${path}\n`,
          );
          return EXIT.ok;
        }),
      );
  },
};

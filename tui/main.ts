import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands/table.ts';
import { EXIT } from './exit-codes.ts';
import { reportFailure } from './output/failure.ts';

/** The command line: one table of commands, each loaded when it is called. */
const program = new Command('exp')
  .description('Experiments as code for 3D medical-image segmentation.')
  .showSuggestionAfterError()
  .exitOverride();

for (const { name, summary, example, configure } of COMMANDS) {
  configure(program.command(name).description(summary).addHelpText('after', `\nExample:\n  $ ${example}`));
}

try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed its own message; help and version end with 0.
  process.exitCode =
    error instanceof CommanderError ? (error.exitCode === 0 ? EXIT.ok : EXIT.invalid) : reportFailure(error);
}

import { Command, CommanderError, Help, type Option } from 'commander';
import packageFile from '../package.json' with { type: 'json' };
import { commandLineHint } from './command-line-hint.ts';
import type { Act } from './commands/command.ts';
import { COMMANDS } from './commands/table.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode, exitCodes } from './exit-codes.ts';
import { reportThrown } from './failures.ts';

/** Runs one command line. @param argv without node and script */
export async function runCommandLine(argv: readonly string[], context: Context): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const act: Act = async (work) => {
    try {
      exitCode = await work(context);
    } catch (error) {
      exitCode = reportThrown(context, error);
    }
  };
  try {
    const understood = await readCommandLine(argv, context, act);
    return understood === EXIT.ok ? exitCode : understood;
  } catch (error) {
    return reportThrown(context, error);
  }
}

/** Finds what is asked for and hands it to `act`. What is wrong with it has been said, and so has the help. */
export async function readCommandLine(argv: readonly string[], context: Context, act: Act): Promise<ExitCode> {
  try {
    await buildProgram(context, act).parseAsync(asked(argv), { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    const hint = await commandLineHint(error, argv);
    if (hint !== null) context.stderr.write(`  help: ${hint}\n`);
    return EXIT.invalid;
  }
}

/** `exp help rnu` is told as `exp rnu` is, with what may have been meant; commander shows all of the help instead. */
function asked(argv: readonly string[]): string[] {
  const [help, name, ...rest] = argv;
  const isUnknown = name !== undefined && !name.startsWith('-') && !COMMANDS.some((command) => command.name === name);
  return help === 'help' && isUnknown && name !== 'help' ? [name, ...rest] : [...argv];
}

function buildProgram(context: Context, act: Act): Command {
  const program = new Command('exp')
    .description('Experiments as code for 3D medical-image segmentation.')
    .version(packageFile.version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show the help of a command')
    .showSuggestionAfterError(true)
    // `exp submit work --data …`: what stands behind a command's own command is not taken by the outer one.
    .enablePositionalOptions()
    .showHelpAfterError('(see `exp --help`)');
  inherit(program, context);
  for (const { name, summary, examples, define } of COMMANDS) {
    const command = program.command(name).description(summary);
    inherit(command, context);
    define(command, act);
    command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n`);
    pointToHelp(command, `exp ${name}`);
  }
  const codes = exitCodes().map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`);
  program.addHelpText(
    'after',
    `\nExample:\n  exp run experiments/quickstart.exp\n\nExit codes:\n${codes.join('\n')}\n`,
  );
  return program;
}

/** Where to read on after an error, for subcommands too. */
function pointToHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(see \`${words} --help\`)`);
  for (const inner of command.commands) pointToHelp(inner, `${words} ${inner.name()}`);
}

/** Subcommands that are added by name inherit this; it has to stand before them. */
function inherit(command: Command, { stdout, stderr, terminal, errors }: Context): void {
  command.configureHelp({ optionDescription: describeOption });
  command.exitOverride().configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    getOutHelpWidth: () => stdout.columns || 100,
    getErrHelpWidth: () => stderr.columns || 100,
    getOutHasColors: () => terminal.color,
    getErrHasColors: () => errors.color,
  });
}

/** An option that may be given again starts with none, which is not worth a word. */
function describeOption(option: Option): string {
  const startsEmpty = Array.isArray(option.defaultValue) && option.defaultValue.length === 0;
  return startsEmpty ? option.description : new Help().optionDescription(option);
}

import { ExpError } from '../runtime/errors.ts';
import { refusalText } from '../runtime/run/folder-trouble.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { painter, type Tone } from './terminal/style.ts';
import { oneLine, toAscii } from './terminal/text.ts';

/** A command line that cannot be meant: a missing file, an impossible combination. */
export class UsageError extends Error {
  readonly help: string | null;

  constructor(message: string, help: string | null = null) {
    super(message);
    this.name = 'UsageError';
    this.help = help;
  }
}

export interface Failure {
  readonly message: string;
  readonly code?: string | null;
  readonly location?: string | null;
  readonly help?: string | null;
}

/** One failure as one message: what, where, and what to do about it. */
export function printFailure(context: Context, failure: Failure): void {
  const code = failure.code == null ? '' : `[${failure.code}]`;
  printProblem(context, `error${code}`, 'bad', failure);
}

/** What the user should know and what stops nothing. */
export function printWarning(context: Context, message: string, help: string | null = null): void {
  printProblem(context, 'warning', 'warning', { message, help });
}

function printProblem(context: Context, title: string, tone: Tone, { message, location, help }: Failure): void {
  const { color, unicode } = context.errors;
  const paint = painter(color);
  const lines = [`${paint(title, tone)}: ${oneLine(message)}`];
  if (location != null) lines.push(`  ${paint('at', 'dim')} ${location}`);
  if (help != null) lines.push(`  ${paint('help:', 'accent')} ${oneLine(help)}`);
  const text = `${lines.join('\n')}\n`;
  context.stderr.write(unicode ? text : text.split('\n').map(toAscii).join('\n'));
}

/** Prints what was thrown, and says how the process should end. */
export function reportThrown(context: Context, error: unknown): ExitCode {
  if (error instanceof UsageError) {
    printFailure(context, error);
    return EXIT.invalid;
  }
  if (error instanceof ExpError) {
    printFailure(context, error);
    return EXIT.failed;
  }
  if (isShortOfAddressSpace(error)) {
    printFailure(context, {
      message: 'Node gets too little address space to work, which it takes more of than it uses',
      help: 'lift the limit of this shell (`ulimit -v unlimited`); `memory: 8GB` in the file limits what a training takes',
    });
    return EXIT.failed;
  }
  const refusal = refusalText(error);
  if (refusal !== null) {
    printFailure(context, { message: refusal, help: 'make room or change the permissions, or choose another place' });
    return EXIT.failed;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (context.environment.EXP_DEBUG) context.stderr.write(`${stack ?? message}\n`);
  printFailure(context, {
    message: `exp stumbled over itself: ${message}`,
    help: 'this is a fault of exp, not of your file; EXP_DEBUG=1 shows where',
  });
  return EXIT.failed;
}

/** WebAssembly takes gigabytes of addresses for each memory, however small. */
function isShortOfAddressSpace(error: unknown): boolean {
  return error instanceof RangeError && /WebAssembly.*out of memory/i.test(error.message);
}

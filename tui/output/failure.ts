import { ExpError } from '../../runtime/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** Prints a failure as one message with its code and what to do. A bug of ours keeps its stack. */
export function reportFailure(error: unknown): ExitCode {
  if (error instanceof ExpError) {
    process.stderr.write(`error[${error.code}]: ${error.message}\n`);
    if (error.help !== null) process.stderr.write(`  = help: ${error.help}\n`);
  } else {
    process.stderr.write(`exp failed unexpectedly: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
  return EXIT.failed;
}

import { assertNever } from '../../dsl/assert-never.ts';
import type { RunEventOf } from '../../runtime/events/schema.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** How a finished run is told to the shell. */
export function exitCodeOf(finished: RunEventOf<'run_finished'>): ExitCode {
  switch (finished.status) {
    case 'completed':
    case 'early_stopped':
      return finished.expectations.every(({ held }) => held) ? EXIT.ok : EXIT.expectation;
    // Nobody expects anything of what a sweep has held back.
    case 'stopped_early':
      return EXIT.ok;
    case 'stopped':
      // By a budget that is used up, or by the user.
      return finished.error === null ? EXIT.interrupted : EXIT.failed;
    case 'failed':
    case 'killed':
      return EXIT.failed;
    default:
      return assertNever(finished.status);
  }
}

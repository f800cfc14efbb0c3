import type { RunState } from '../../runtime/events/run-state.ts';
import type { TrackingState } from '../../runtime/tracking/tracker.ts';
import type { Context } from '../context.ts';
import { printFailure } from '../failures.ts';
import { formatSummary } from '../output/summary.ts';
import type { ReporterKind } from './reporter.ts';

/** What remains on the terminal after a run: its result on stdout, its error on stderr. */
export function printResult(
  context: Context,
  kind: ReporterKind,
  state: RunState,
  where: { readonly runDir: string; readonly tracking: TrackingState | null },
): void {
  // For JSON, `run_finished` has said it all.
  if (kind !== 'json')
    context.stdout.write(`${kind === 'quiet' ? '' : '\n'}${formatSummary(state, { ...context, ...where })}`);
  const error = state.finished?.error;
  if (error != null) printFailure(context, error);
}

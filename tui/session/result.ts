import { basename } from 'node:path';
import type { RunState } from '../../runtime/events/run-state.ts';
import type { TrackingResult } from '../../runtime/tracking/tracker.ts';
import type { Context } from '../context.ts';
import { printFailure } from '../failures.ts';
import { plural } from '../format/quantities.ts';
import { formatSummary } from '../output/summary.ts';
import type { ReporterKind } from './reporter.ts';

/** What remains on the terminal after a run: its result on stdout, its error and what the server misses on stderr. */
export function printResult(
  context: Context,
  kind: ReporterKind,
  state: RunState,
  where: { readonly runDir: string; readonly tracking: TrackingResult | null },
): void {
  // For JSON, `run_finished` has said it all.
  if (kind !== 'json')
    context.stdout.write(`${kind === 'quiet' ? '' : '\n'}${formatSummary(state, { ...context, ...where })}`);
  const { tracking } = where;
  // A notice stands in the summary already.
  if (tracking !== null && (kind === 'json' || tracking.notice === null))
    context.stderr.write(owing(basename(where.runDir), tracking));
  const error = state.finished?.error;
  if (error != null) printFailure(context, error);
}

function owing(id: string, { complete, url, queued, problem }: TrackingResult): string {
  if (complete || url === null) return '';
  const why = problem === null ? '' : `: ${problem.message}`;
  const wait = queued === 1 ? '1 entry waits' : `${plural(queued, 'entry', 'entries')} wait`;
  return `${id} is not wholly in MLflow${why}; ${wait} in the run folder, and \`exp sync ${id}\` delivers the rest\n`;
}

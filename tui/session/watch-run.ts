import { resolve } from 'node:path';
import { accumulateRun } from '../../runtime/events/accumulate.ts';
import { followEvents } from '../../runtime/events/read.ts';
import { findTarget } from '../../runtime/run/find-run.ts';
import { liveOwner } from '../../runtime/run/lock.ts';
import type { RunFolder } from '../../runtime/run/run-folder.ts';
import { readPlanFile } from '../../runtime/run/run-folder.ts';
import type { OutputOptions, RunsDirOption } from '../commands/options.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { exitCodeOf } from './outcome.ts';
import { openReporter, type ReporterKind, reporterKind } from './reporter.ts';
import { printResult } from './result.ts';
import { loadRunState } from './run-state.ts';
import { watchMatrix } from './watch-matrix.ts';

/** `exp watch`: the record of a run, or of all runs of a sweep, as it grows. Leaving it leaves the run alone. */
export async function watchTarget(
  context: Context,
  name: string,
  options: OutputOptions & RunsDirOption,
): Promise<ExitCode> {
  const kind = reporterKind(context, options);
  const target = findTarget(resolve(context.cwd, options.runsDir), name);
  if (target.kind === 'matrix') return await watchMatrix(context, target.matrix, kind);
  return await watchRun(context, target.run, kind);
}

/** What ends the looking, and not the run. */
const LEAVING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function watchRun(context: Context, run: RunFolder, kind: ReporterKind): Promise<ExitCode> {
  const planFile = readPlanFile(run.dir);
  const record = accumulateRun(planFile.plan.schedule.keepBest);
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  for (const signal of LEAVING) process.once(signal, leave);
  const reporter = await openReporter(context, kind, {
    run,
    planFile,
    mode: 'watch',
    tracking: () => null,
    onStop: leave,
    onKill: leave,
    onDetach: leave,
  });
  void reporter.left?.then(leave);
  leaving.signal.addEventListener('abort', () => reporter.close());
  try {
    for await (const event of followEvents(run.dir, { signal: leaving.signal })) {
      reporter.event(event, record.apply(event), true);
    }
    // On a screen there is more to see than the last frame: slices, curves, the log.
    await reporter.left;
  } finally {
    for (const signal of LEAVING) process.off(signal, leave);
    reporter.close();
  }
  // Who leaves at once has not read all that there is.
  const state = leaving.signal.aborted ? loadRunState(run.dir) : record.current();
  const goesOn = state.finished === null && liveOwner(run.dir) !== null;
  if (goesOn) {
    if (kind !== 'json') context.stdout.write(`${run.id} goes on; come back with: exp watch ${run.id}\n`);
    return EXIT.ok;
  }
  printResult(context, kind, state, { runDir: run.dir, tracking: null });
  // A trainer and its launcher that both died leave a record without an end.
  return state.finished === null ? EXIT.failed : exitCodeOf(state.finished);
}

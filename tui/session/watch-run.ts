import { resolve } from 'node:path';
import { followEvents } from '../../runtime/events/read.ts';
import { reduceRun } from '../../runtime/events/reduce.ts';
import { initialRunState } from '../../runtime/events/run-state.ts';
import { findRun } from '../../runtime/run/find-run.ts';
import { liveOwner } from '../../runtime/run/lock.ts';
import { readPlanFile } from '../../runtime/run/run-folder.ts';
import type { OutputOptions, RunsDirOption } from '../commands/options.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { exitCodeOf } from './outcome.ts';
import { openReporter, reporterKind } from './reporter.ts';
import { printResult } from './result.ts';

/** `exp watch`: the record of a run as it grows. Leaving it leaves the run alone. */
export async function watchRun(
  context: Context,
  name: string,
  options: OutputOptions & RunsDirOption,
): Promise<ExitCode> {
  const kind = reporterKind(context, options);
  const run = findRun(resolve(context.cwd, options.runsDir), name);
  const { plan } = readPlanFile(run.dir);
  let state = initialRunState(plan.schedule.keepBest);
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  process.once('SIGINT', leave);
  const reporter = await openReporter(context, kind, {
    plan,
    mode: 'watch',
    current: () => state,
    tracking: () => null,
    onStop: leave,
  });
  void reporter.left?.then(leave);
  try {
    for await (const event of followEvents(run.dir, { signal: leaving.signal })) {
      state = reduceRun(state, event);
      reporter.event(event, true);
    }
  } finally {
    process.off('SIGINT', leave);
    reporter.close();
    await reporter.left;
  }
  const goesOn = state.finished === null && liveOwner(run.dir) !== null;
  if (goesOn) {
    if (kind !== 'json') context.stdout.write(`\n${run.id} goes on; come back with: exp watch ${run.id}\n`);
    return EXIT.ok;
  }
  printResult(context, kind, state, { runDir: run.dir, tracking: null });
  // A trainer and its launcher that both died leave a record without an end.
  return state.finished === null ? EXIT.failed : exitCodeOf(state.finished);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { flattenPlan } from '../../compiler/plan/flatten.ts';
import type { PlanFile } from '../../compiler/plan/schema.ts';
import { accumulateRun } from '../../runtime/events/accumulate.ts';
import { followEvents, readEvents } from '../../runtime/events/read.ts';
import { launchTrainer } from '../../runtime/run/launch.ts';
import type { RunFolder } from '../../runtime/run/run-folder.ts';
import { startDetachedCourier } from '../../runtime/tracking/detached-courier.ts';
import { startTracker, type Tracker, type TrackingResult } from '../../runtime/tracking/tracker.ts';
import type { OutputOptions } from '../commands/options.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { watchInterrupts } from './interrupts.ts';
import { exitCodeOf } from './outcome.ts';
import { openReporter, reporterKind } from './reporter.ts';
import { printResult } from './result.ts';
import { whenUnread } from './unread.ts';

export interface AttendOptions extends OutputOptions {
  readonly resume: boolean;
  readonly detach: boolean;
}

/** Starts the trainer of a run folder, shows and tracks what it does, and stays until it has ended. */
export async function attendRun(
  context: Context,
  run: RunFolder,
  planFile: PlanFile,
  options: AttendOptions,
): Promise<ExitCode> {
  const { plan } = planFile;
  const kind = reporterKind(context, options);
  const firstSequence = (readEvents(run.dir).at(-1)?.sequence ?? -1) + 1;
  const trainer = await launchTrainer(run.dir, { resume: options.resume, detach: options.detach });
  /** Whoever leaves a run that is tracked has it delivered by another process. */
  const leave = () => {
    trainer.detach();
    if (plan.track !== null) startDetachedCourier(run.dir, context.environment);
  };
  if (options.detach) {
    leave();
    context.stdout.write(detachedText(run));
    return EXIT.ok;
  }
  const tracker =
    plan.track === null ? null : startTracker({ runDir: run.dir, flatten: flattenPlan, env: context.environment });
  let killedByUser = false;
  const kill = () => {
    killedByUser = true;
    trainer.kill();
  };
  const interrupts = watchInterrupts({
    stop: () => {
      if (kind !== 'screen')
        context.stderr.write('stopping after this step, with a checkpoint; Ctrl-C again ends it at once\n');
      trainer.stop();
    },
    kill,
    hangUp: () => {
      leave();
      process.exit(EXIT.interrupted);
    },
  });
  const stopListening = whenUnread(() => {
    leave();
    context.stderr.write(detachedText(run));
    process.exit(EXIT.ok);
  });
  const record = accumulateRun(plan.schedule.keepBest);
  const reporter = await openReporter(context, kind, {
    run,
    planFile,
    mode: 'run',
    tracking: () => tracker?.state() ?? null,
    onStop: interrupts.press,
    onKill: kill,
    onDetach: () => {
      leave();
      context.stdout.write(detachedText(run));
      process.exit(EXIT.ok);
    },
  });
  try {
    for await (const event of followEvents(run.dir)) {
      reporter.event(event, record.apply(event), event.sequence >= firstSequence);
    }
    const { finished } = await trainer.ended;
    reporter.close();
    await reporter.left;
    const tracked = tracker === null ? null : await finishTracking(context, tracker);
    printResult(context, kind, record.current(), { runDir: run.dir, tracking: tracked });
    return killedByUser && finished.status === 'killed' ? EXIT.interrupted : exitCodeOf(finished);
  } finally {
    reporter.close();
    interrupts.close();
    stopListening();
  }
}

function detachedText({ id }: RunFolder): string {
  return `${id} runs by itself\n  watch it: exp watch ${id}\n  stop it:  exp stop ${id}\n`;
}

/** Worth no word when it takes less. */
const PATIENCE_MS = 1_500;

/** The result is safe on disk: the wait for a server may be cut short by Ctrl-C, and `exp sync` sends the rest. */
async function finishTracking(context: Context, tracker: Tracker): Promise<TrackingResult> {
  const cut = () => void tracker.close();
  process.once('SIGINT', cut);
  const timer = new AbortController();
  const slow = sleep(PATIENCE_MS, undefined, { signal: timer.signal }).then(
    () => context.stderr.write('sending the rest to MLflow; Ctrl-C leaves it to `exp sync`\n'),
    () => {},
  );
  const result = await tracker.finished;
  timer.abort();
  await slow;
  process.off('SIGINT', cut);
  return result;
}

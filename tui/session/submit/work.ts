import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlanFile } from '../../../compiler/plan/schema.ts';
import { RunError } from '../../../runtime/errors.ts';
import { readEvents } from '../../../runtime/events/read.ts';
import type { RunEvent } from '../../../runtime/events/schema.ts';
import { liveOwner } from '../../../runtime/run/lock.ts';
import { completion } from '../../../runtime/run/resumable.ts';
import type { RunFolder } from '../../../runtime/run/run-folder.ts';
import { findHandoff, HANDOFF_RUNS_FOLDER, type HandoffFolder } from '../../../runtime/submit/handoff-folder.ts';
import {
  ensureMatrix,
  ensureRun,
  type HandoffRun,
  handoffPlans,
  handoffRuns,
  runsOfPart,
} from '../../../runtime/submit/handoff-runs.ts';
import type { Context } from '../../context.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { printFailure, UsageError } from '../../failures.ts';
import { attendRun } from '../attend.ts';
import { watchInterrupts } from '../interrupts.ts';
import { exitCodeOf } from '../outcome.ts';
import { prepare } from '../start-run.ts';
import type { SubmitWorkOptions } from './options.ts';

/** Whoever lost a node mid-step holds the run for two minutes more; a lock that is touched beyond is somebody's at work. */
const LOCK_PATIENCE_MS = 150_000;
const LOCK_POLL_MS = 1_000;

/** So many starts in a row that ended before their first step are no accident: the queue would turn for ever. */
const FRUITLESS_STARTS = 3;

/**
 * `exp submit work`, which jobs call: starts or continues the runs of one part, one after another. It may be cut off at any
 * moment and called again, here or on another machine that sees the folder.
 *
 * @returns 130 after a stop that left a checkpoint, so that the job's script knows that there is more to do; 2 when a run
 * failed; for a run of its own 3 when an expectation did not hold
 */
export async function work(context: Context, name: string, options: SubmitWorkOptions): Promise<ExitCode> {
  const folder = findHandoff(context.cwd, name);
  const runs = partOf(folder, options.part);
  const baseDir = options.data === undefined ? folder.info.baseDir : resolve(context.cwd, options.data);
  if (options.data !== undefined && !existsSync(baseDir))
    throw new UsageError(`there is no folder ${baseDir}`, '--data names where the paths of the experiment start from');
  const planOf = handoffPlans(folder);
  const where = { runsDir: join(folder.dir, HANDOFF_RUNS_FOLDER), baseDir };
  const [first] = runs;
  if (first === undefined) return EXIT.ok;
  const { plan } = planOf(first);
  ensureMatrix(folder, plan.budget, where);
  let isCut = false;
  const cut = () => {
    isCut = true;
  };
  // Between two runs nobody else listens.
  const interrupts = watchInterrupts({ stop: cut, kill: cut, hangUp: cut });
  try {
    await prepare(context, plan, 'plain');
    let code: ExitCode = EXIT.ok;
    for (const run of runs) {
      if (isCut) return EXIT.interrupted;
      const outcome = await workOn(context, ensureRun(folder, run, planOf(run), where), planOf(run));
      if (outcome === EXIT.interrupted) return outcome;
      // Of a sweep nobody expects that all of its settings hold; who collects it sees which do.
      if (outcome === EXIT.failed || !folder.info.isMatrix) code = outcome;
    }
    return code;
  } finally {
    interrupts.close();
  }
}

/** `3/12`. @throws UsageError */
function partOf(folder: HandoffFolder, text: string): readonly HandoffRun[] {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (part === undefined || parts === undefined || part < 1 || part > parts)
    throw new UsageError(`--part ${text} is no part`, 'write 3/12 for the third of twelve');
  return runsOfPart(handoffRuns(folder), part, parts);
}

async function workOn(context: Context, run: RunFolder, planFile: PlanFile): Promise<ExitCode> {
  await untilFree(context, run);
  const events = readEvents(run.dir);
  const end = completion(events);
  if (end !== null) {
    context.stdout.write(`${run.id} is complete\n`);
    return exitCodeOf(end);
  }
  if (fruitlessStarts(events) >= FRUITLESS_STARTS) {
    printFailure(context, {
      message: `${run.id} was started ${FRUITLESS_STARTS} times and stopped each time before its first step`,
      help: 'give the job more time, or less notice before its end',
    });
    return EXIT.failed;
  }
  const resume = events.some(({ type }) => type === 'run_started');
  context.stdout.write(`${run.id} ${resume ? 'goes on' : 'starts'}\n`);
  return await attendRun(context, run, planFile, { resume, detach: false, plain: true });
}

/** A machine that was lost holds its lock until that goes stale. */
async function untilFree(context: Context, { dir, id }: RunFolder): Promise<void> {
  const since = performance.now();
  for (let owner = liveOwner(dir), told = false; owner !== null; owner = liveOwner(dir)) {
    if (performance.now() - since > LOCK_PATIENCE_MS)
      throw new RunError(`${id} is being trained already, on ${owner.host}`, {
        help: 'one job for each run: look for a second one in the queue',
      });
    if (!told) context.stdout.write(`${id} was at work on ${owner.host} a moment ago: waiting until that is over\n`);
    told = true;
    await sleep(LOCK_POLL_MS);
  }
}

/** How many of the latest starts came to no step. */
function fruitlessStarts(events: readonly RunEvent[]): number {
  let count = 0;
  for (const { type } of events.toReversed()) {
    if (type === 'step' || type === 'validation_finished') return count;
    if (type === 'run_started') count++;
  }
  return count;
}
